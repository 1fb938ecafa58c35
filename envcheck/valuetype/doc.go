// Package valuetype checks that values have the type which a declaration gives
// them, as in "# @type=url" or "# @type=enum(debug, info)" above a variable of an
// env example. The types are those of the env-spec notation
// (https://varlock.dev/env-spec/overview/) and of its reference implementation,
// varlock; what they check is done by go-playground/validator where it has the
// same idea of a type, and here where it has not.
//
// Values come as [envtight.Secret] and never leave: no error and no diagnostic
// holds a value, a part of one or its length.
package valuetype
