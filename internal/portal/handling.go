package portal

import "slices"

// Handling is a label of the Traffic Light Protocol 2.0 (FIRST, 2022): who may see an item.
type Handling string

// The five labels, from the most open to the most closed.
const (
	Clear       Handling = "clear"        // everybody, signed in or not
	Green       Handling = "green"        // every member of the coalition
	Amber       Handling = "amber"        // members of the workspace
	AmberStrict Handling = "amber+strict" // members of the workspace from the author's country or organization
	Red         Handling = "red"          // the author and the members named on the item
)

// Handlings lists the labels from the most open to the most closed. A sixth label is added here,
// in Audience (CanSee and Terms), in the SQL predicate of package postgres and in the checks of
// the schema; the property test of the three forms fails until all agree.
var Handlings = []Handling{Clear, Green, Amber, AmberStrict, Red}

// Narrows tells whether everybody whom h lets read was let by before, too, whoever is named: red
// names whom it likes, so it narrows only what every member may read.
func (h Handling) Narrows(before Handling) bool {
	if h == Red {
		return before == Clear || before == Green
	}
	return slices.Index(Handlings, h) > slices.Index(Handlings, before)
}

// Valid tells whether h is one of the five labels.
func (h Handling) Valid() bool { return slices.Contains(Handlings, h) }
