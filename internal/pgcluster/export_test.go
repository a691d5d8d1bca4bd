package pgcluster

// Occupants lists the servers that work in a folder.
var Occupants = occupants

// The parsers, for their fuzz targets.
var (
	ParseVersion = parseVersion
	ParsePidFile = func(text string) (pid int, status string, err error) {
		state, err := parsePidFile(text)
		return state.pid, state.status, err
	}
)
