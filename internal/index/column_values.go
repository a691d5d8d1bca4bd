package index

import (
	"math"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// docValues tell a segment's facts from the index itself, document by document: slower than columns, and
// there from the moment that the segment is.
type docValues struct {
	reader  bleveindex.DocValueReader
	base    uint64 // the index's number of the segment's first document
	id      bleveindex.IndexInternalID
	values  [fields][]string
	numbers [fields]map[string]uint16
	several [fields - singleEnd][]uint16 // room for a document's; columns' are not to be written to
	into    *record
}

func newDocValues(shot *scorch.IndexSnapshot, base uint64) (*docValues, error) {
	wanted := []string{createdField, dueField, adoptionsField}
	d := &docValues{base: base}
	for i, f := range columned {
		wanted = append(wanted, string(f))
		d.values[i], d.numbers[i] = []string{""}, map[string]uint16{}
	}
	var err error
	d.reader, err = shot.DocValueReader(wanted)
	return d, err
}

func (d *docValues) names(field int) []string { return d.values[field] }

func (d *docValues) read(document uint32, into *record) error {
	*into = record{}
	for i := range d.several {
		d.several[i] = d.several[i][:0]
	}
	d.into = into
	d.id = bleveindex.NewIndexInternalID(d.id, d.base+uint64(document))
	err := d.reader.VisitDocValues(d.id, d.visit)
	into.several = d.several
	return err
}

func (d *docValues) visit(field string, term []byte) {
	switch field {
	case createdField:
		d.into.created = moment(string(term))
	case dueField:
		d.into.due = moment(string(term))
	case adoptionsField:
		d.into.adoptions = count(string(term))
	default:
		i := columnOf(Field(field))
		switch number := d.number(i, term); {
		case i < singleEnd:
			d.into.single[i] = number
		default:
			d.several[i-singleEnd] = append(d.several[i-singleEnd], number)
		}
	}
}

// number gives the number of a value, a new one where it was not seen yet.
func (d *docValues) number(field int, term []byte) uint16 {
	if n, ok := d.numbers[field][string(term)]; ok {
		return n
	}
	n := len(d.values[field])
	if n > math.MaxUint16 {
		return 0 // no field of a portal has as many
	}
	d.values[field] = append(d.values[field], string(term))
	d.numbers[field][string(term)] = uint16(n)
	return uint16(n)
}
