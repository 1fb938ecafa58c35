package naming

// rules returns every rule in the order in which they judge. The rules about
// spelling come first and the most telling of them before the others, since a
// name that one of them objects to is left alone by the rest: see [judge.claim].
func rules() []*rule {
	return []*rule{
		characters,
		renamed,
		twins,
		underscores,
		typo,
		canonical,
		letterCase,
		prefix,
		suffix,
		pattern,
		forbidden,
		reserved,
		platformOwned,
		undescriptive,
		publicSecret,
		groupIncomplete,
	}
}
