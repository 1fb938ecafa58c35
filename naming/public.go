package naming

import (
	"slices"
	"strings"
)

// publicPrefixes are the prefixes by which build tools put a variable into the
// code that goes to browsers and phones, longest first where one begins another.
// Sources: vercel/vercel packages/frameworks/src/frameworks.ts (envPrefix of each
// framework); docs.expo.dev/guides/environment-variables (EXPO_PUBLIC_);
// nuxt.com/docs/guide/going-further/runtime-config (NUXT_PUBLIC_).
var publicPrefixes = []string{
	"NEXT_PUBLIC_", "NUXT_PUBLIC_", "NUXT_ENV_", "EXPO_PUBLIC_", "PUBLIC_", "VITE_", "REACT_APP_",
	"VUE_APP_", "GATSBY_", "REDWOOD_ENV_", "SANITY_STUDIO_",
}

// PublicPrefixes returns the prefixes that make a variable public. The slice is
// the caller's own.
func PublicPrefixes() []string { return slices.Clone(publicPrefixes) }

// cutPublic returns a name without its public prefix, and the prefix; the prefix
// is empty when the name has none.
func cutPublic(text string) (rest, prefix string) {
	for _, p := range publicPrefixes {
		if len(text) > len(p) && strings.HasPrefix(text, p) {
			return text[len(p):], p
		}
	}
	return text, ""
}
