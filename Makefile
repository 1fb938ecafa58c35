.PHONY: test ci generate bench

test: ## the tests that need nothing but Go and git
	go test ./...

ci: ## everything that a submission must pass; installs what it needs
	bash .ci/run

generate: ## documentation, and the expected output of tests
	ENVTIGHT_UPDATE=1 go test ./...

bench: ## the figures that the documentation names
	go test -run='^$$' -bench=. -benchmem ./...
