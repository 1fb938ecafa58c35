// Package contract holds clients and fakes of platforms against what the
// platforms themselves publish: OpenAPI documents and GraphQL schemas. The
// documents are not part of this module; ENVTIGHT_CONTRACTS names their
// directory. Only tests import this package.
package contract
