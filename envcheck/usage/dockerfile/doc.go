// Package dockerfile reads what the stages of a Dockerfile do with variables: which
// ones a build is given (ARG), which ones end in the image (ENV), which ones reach a
// command as a secret, and which ones commands ask for.
//
// The instructions are those of [workspace.ParseDockerfile]. Source of the rules:
// https://docs.docker.com/reference/dockerfile/.
package dockerfile
