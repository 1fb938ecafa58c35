// Package envcheck finds out whether every app of a repository has every
// variable it needs, in every environment: it joins what apps declare in their
// env examples with what hosting platforms really have, and judges the joined
// matrix by its rules.
//
// It knows no platform: platforms are [Source] values, whose adapters live in
// envcheck/platform.
package envcheck
