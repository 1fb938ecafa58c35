package httpclient

// CheckDocument is the guard of Query.
var CheckDocument = checkDocument
