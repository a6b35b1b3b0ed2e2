// Package app runs the digest scheduler: it loads facts through the repository ports, asks core
// what to do, and carries that out through the mailer, in an order in which a crash at any point
// loses nothing and sends nothing twice but what was in hand.
//
//	style, err := core.NewStyle(core.Brand{AppURL: "https://rfc.example", Domain: "rfc.example"})
//	ticker, err := app.New(app.Config{Style: style}, store, mailer, clock)
//	report, err := ticker.Tick(ctx) // once
//	err = ticker.Run(ctx)           // or now and at each multiple of an hour, until ctx ends
package app
