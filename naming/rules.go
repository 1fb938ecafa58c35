package naming

// rules returns every rule in the order in which they judge. Those that matter
// most come first, since a name that one of them objects to, for what it says or
// how it is spelled, is left alone by the later ones: see [judge.claim].
func rules() []*rule {
	return []*rule{
		publicSecret,
		platformOwned,
		reserved,
		characters,
		renamed,
		twins,
		underscores,
		typo,
		canonical,
		letterCase,
		undescriptive,
		prefix,
		suffix,
		pattern,
		forbidden,
		groupIncomplete,
	}
}
