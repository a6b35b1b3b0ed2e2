package postgres

// What tests look at.
var (
	Wanted    = wanted
	Plain     = plain
	Readable  = readable
	StampText = stampText
	Before    = dialect(nil).Before
)
