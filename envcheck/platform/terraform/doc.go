// Package terraform reads which variables Terraform declares for hosting platforms
// and for GitHub: a platform's state as far as the repository tells it, without asking
// anybody.
//
// It stands among the platforms because it needs HashiCorp's parser, which the
// readers of package usage must not link. Nothing is evaluated but literals, and
// "for_each" over literal keys. Where a name cannot be told, what is found is the
// pattern "*": any variable may be meant.
package terraform
