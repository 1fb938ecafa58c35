//go:build !race

package cli

// raceDetector tells that the tests run under the race detector.
const raceDetector = false
