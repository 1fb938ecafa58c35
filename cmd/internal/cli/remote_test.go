package cli

import "testing"

func TestSplitRemote(t *testing.T) {
	for address, want := range map[string][2]string{
		"https://github.com/acme/shop.git":           {"", "acme/shop"},
		"git@github.com:acme/shop.git":               {"", "acme/shop"},
		"git@github.com:/acme/shop":                  {"", "acme/shop"},
		"ssh://git@ssh.github.com:443/acme/shop.git": {"", "acme/shop"},
		"git@work:acme/shop.git":                     {"", "acme/shop"},
		"https://gitlab.com/acme/group/shop.git/":    {"gitlab.com", "acme/group/shop"},
		"git@GitLab.com:acme/group/shop.git":         {"gitlab.com", "acme/group/shop"},
		"https://bitbucket.org/acme/shop":            {"bitbucket.org", "acme/shop"},
		"ssh://git@git.acme.example:2222/acme/shop":  {"git.acme.example", "acme/shop"},
		"https://github.com/acme":                    {},
		"/srv/acme/shop.git":                         {"", "acme/shop"},
		"../shop.git":                                {},
		`C:\repos\acme\shop`:                         {},
		"C:/repos/acme/shop":                         {"", "acme/shop"},
		"file:///srv/acme/shop.git":                  {"", "acme/shop"},
		"":                                           {},
	} {
		if host, name := splitRemote(address); host != want[0] || name != want[1] {
			t.Errorf("%s: got %q, %q; want %q", address, host, name, want)
		}
	}
}
