package app_test

import (
	"context"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
)

func Example() {
	noon := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	store := memory.New(core.World{
		Users:         []core.Recipient{{ID: 1, Address: "ada@rfc.example", Name: "Ada", Cadence: core.Daily}, {ID: 2, Name: "Grace"}},
		RFCs:          []core.RFC{{Slug: "rfc-0001", Title: "Trust & Safety"}},
		Notifications: []core.Notification{{ID: 1, Recipient: 1, Kind: "pr_opened", ActorID: 2, Slug: "rfc-0001", PR: 12, CreatedAt: noon}},
	})
	mailer := new(memory.Mailer)
	style, err := core.NewStyle(core.Brand{AppURL: "https://rfc.example", Domain: "rfc.example"})
	if err != nil {
		panic(err)
	}
	ticker, err := app.New(app.Config{Style: style}, store, mailer, memory.NewClock(noon))
	if err != nil {
		panic(err)
	}
	report, err := ticker.Tick(context.Background())
	fmt.Println(report.DigestsSent, err)
	fmt.Println(mailer.Sent()[0].Subject)
	// Output:
	// 1 <nil>
	// Trust & Safety (Sun 29 Mar)
}
