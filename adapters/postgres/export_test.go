package postgres

// What the tests of the dialect look at.
var (
	Bind      = bind
	Readable  = readable
	StampText = stampText
	Before    = database{}.dialect(nil).Before
)
