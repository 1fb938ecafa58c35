// Package gitleaks reads and writes the formats of gitleaks
// (https://github.com/gitleaks/gitleaks, MIT license) for package secrets: its
// rules and configuration, its ignore file, its baselines. It is a package of its
// own because importing gitleaks' configuration links dozens of modules; only the
// text of its rules is used, and none of its loading, which keeps state in
// globals and stops the program where something is wrong.
package gitleaks
