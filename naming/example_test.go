package naming_test

import (
	"context"
	"fmt"

	"github.com/envtight/envtight"
	"github.com/envtight/envtight/naming"
)

// A check of names judges the variables that another check found.
func Example() {
	found := given{
		{Name: "STRIPE_KEY", App: "web", Surface: envtight.OnExample, Location: envtight.WholeFile("web/.env.example")},
		{Name: "STRPE_KEY", App: "web", Surface: envtight.OnLocal, Location: envtight.WholeFile("web/.env.local")},
	}
	report, err := envtight.Run(context.Background(), []envtight.Check{found, naming.New(naming.Options{})}, envtight.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range report.Diagnostics {
		fmt.Printf("%s: %s: %s\n", d.Location, d.Severity, d.Text())
	}
	// Output:
	// web/.env.local: warning: STRPE_KEY looks like a mistyped STRIPE_KEY, which web/.env.example has
}

func ExampleClass() {
	for _, name := range []string{"STRIPE_SECRET_KEY", "NEXT_PUBLIC_APP_URL", "SMTP_PORT", "SHOP"} {
		fmt.Println(name, naming.Class(name), naming.ClassReason(name))
	}
	// Output:
	// STRIPE_SECRET_KEY secret Stripe says so of STRIPE_SECRET_KEY
	// NEXT_PUBLIC_APP_URL public its prefix NEXT_PUBLIC_ makes it public
	// SMTP_PORT config its name is that of a setting
	// SHOP unknown
}
