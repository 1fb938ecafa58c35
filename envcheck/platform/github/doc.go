// Package github asks GitHub which secrets and configuration variables its Actions
// have: those of a repository, of its environments, and what the organization shares
// with it. It is an adapter of [envcheck.Source], and a [ci.Store] as well.
//
// It only reads. Secrets have names and dates; nobody can read their values back.
// Configuration variables always come with their values, which are dropped while the
// answer is decoded, all but the fact that one is empty, unless values are asked for.
// For one repository it makes five calls, two more for each environment, and further
// pages on top.
//
// What a job gets is: the secrets and variables of the environment that it names, over
// those of the repository, over those of the organization.
//
// Sources of the format: GitHub's OpenAPI description (npm @octokit/openapi 23.0.2) and
// docs.github.com/rest/actions, pages secrets and variables.
package github

// ContractDate is the state of GitHub's API that this package knows. Answers that do
// not fit it are failures, never guesses.
const ContractDate = "2022-11-28"

// DefaultBaseURL is GitHub's API. That of an own server ends in /api/v3.
const DefaultBaseURL = "https://api.github.com"

// platformName is the name in configuration and places.
const platformName = "github"
