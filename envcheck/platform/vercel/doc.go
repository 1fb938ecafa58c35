// Package vercel asks Vercel which environment variables a project has. It is an
// adapter of [envcheck.Source], and a Discoverer and Prober as well.
//
// It only reads. By default it asks for names: values that Vercel sends unasked
// are dropped while the answer is decoded, all but the fact that a plain value is
// empty. For one project it makes three calls, whatever the number of
// environments: the project, its variables, the variables its team shares with
// it; further pages come on top.
//
// What a deployment gets is: the project's variables for its target or custom
// environment, over the shared variables that are linked to the project; a
// variable for a git branch stands over the plain one on that branch, and does
// not exist on others.
//
// Sources of the format: Vercel's OpenAPI description and the models of its SDK
// (vercel/sdk, 2026-08-20), the environment commands of its command line
// (vercel/vercel, 2026-08-03), the paging of its Terraform provider
// (vercel/terraform-provider-vercel, 2026-08-07).
package vercel

// ContractDate is the state of Vercel's API that this package knows. Answers
// that do not fit it are failures, never guesses.
const ContractDate = "2026-08-20"

// DefaultBaseURL is Vercel's API.
const DefaultBaseURL = "https://api.vercel.com"

// platformName is the name in configuration and places.
const platformName = "vercel"
