package ecma

// word is one of the words that the shapes look for, 0 for any other.
type word uint8

const (
	wAs word = 1 + iota
	wAsync
	wAwait
	wBun
	wCase
	wCatch
	wClass
	wConfigService
	wConst
	wDeclare
	wDefault
	wDelete
	wDeno
	wDo
	wElse
	wEnum
	wEnv
	wExport
	wExtends
	wFinally
	wFor
	wFrom
	wFunction
	wGet
	wGlobal
	wGlobalThis
	wIf
	wImport
	wImportMetaEnv
	wIn
	wInstanceof
	wInterface
	wIs
	wKeyof
	wLet
	wLoadEnv
	wMeta
	wModule
	wNamespace
	wNew
	wNodeJS
	wOf
	wPrivate
	wProcess
	wProcessEnv
	wProtected
	wPublic
	wReadonly
	wRequire
	wReturn
	wRuntimeConfig
	wSatisfies
	wSelf
	wSwitch
	wThis
	wThrow
	wTry
	wType
	wTypeof
	wVar
	wVoid
	wWhile
	wWindow
	wWith
	wYield
)

// wordOf returns the word that a text is.
func wordOf(b []byte) word { //nolint:gocyclo // a table, which the compiler makes a search
	if len(b) < 2 || len(b) > 13 {
		return 0
	}
	switch string(b) {
	case "as":
		return wAs
	case "async":
		return wAsync
	case "await":
		return wAwait
	case "Bun":
		return wBun
	case "case":
		return wCase
	case "catch":
		return wCatch
	case "class":
		return wClass
	case "ConfigService":
		return wConfigService
	case "const":
		return wConst
	case "declare":
		return wDeclare
	case "default":
		return wDefault
	case "delete":
		return wDelete
	case "Deno":
		return wDeno
	case "do":
		return wDo
	case "else":
		return wElse
	case "enum":
		return wEnum
	case "env":
		return wEnv
	case "export":
		return wExport
	case "extends":
		return wExtends
	case "finally":
		return wFinally
	case "for":
		return wFor
	case "from":
		return wFrom
	case "function":
		return wFunction
	case "get":
		return wGet
	case "global":
		return wGlobal
	case "globalThis":
		return wGlobalThis
	case "if":
		return wIf
	case "import":
		return wImport
	case "ImportMetaEnv":
		return wImportMetaEnv
	case "in":
		return wIn
	case "instanceof":
		return wInstanceof
	case "is":
		return wIs
	case "interface":
		return wInterface
	case "keyof":
		return wKeyof
	case "let":
		return wLet
	case "loadEnv":
		return wLoadEnv
	case "meta":
		return wMeta
	case "module":
		return wModule
	case "namespace":
		return wNamespace
	case "new":
		return wNew
	case "NodeJS":
		return wNodeJS
	case "of":
		return wOf
	case "private":
		return wPrivate
	case "process":
		return wProcess
	case "ProcessEnv":
		return wProcessEnv
	case "protected":
		return wProtected
	case "public":
		return wPublic
	case "readonly":
		return wReadonly
	case "require":
		return wRequire
	case "return":
		return wReturn
	case "runtimeConfig":
		return wRuntimeConfig
	case "satisfies":
		return wSatisfies
	case "self":
		return wSelf
	case "switch":
		return wSwitch
	case "this":
		return wThis
	case "throw":
		return wThrow
	case "try":
		return wTry
	case "type":
		return wType
	case "typeof":
		return wTypeof
	case "var":
		return wVar
	case "void":
		return wVoid
	case "while":
		return wWhile
	case "window":
		return wWindow
	case "with":
		return wWith
	case "yield":
		return wYield
	}
	return 0
}

// operand reports whether an expression follows the word, so that a "/" behind it
// begins a regular expression, and a "(" is no call.
func (w word) operand() bool {
	switch w {
	case wReturn, wTypeof, wInstanceof, wIn, wOf, wNew, wDelete, wVoid, wThrow, wCase, wDo, wElse, wYield, wAwait, wDefault, wExtends:
		return true
	}
	return false
}

// heads reports whether brackets behind the word hold its condition, and a
// statement follows them.
func (w word) heads() bool {
	switch w {
	case wIf, wWhile, wFor, wWith, wSwitch:
		return true
	}
	return false
}

// declares reports whether the word makes the variables that follow it.
func (w word) declares() bool { return w == wConst || w == wLet || w == wVar }
