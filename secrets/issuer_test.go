package secrets

import "testing"

func TestIssuersAreInOrder(t *testing.T) {
	for i := 1; i < len(issuers); i++ {
		if issuers[i-1].id >= issuers[i].id {
			t.Errorf("%q stands before %q", issuers[i-1].id, issuers[i].id)
		}
	}
}

func TestIssuerOfAnIDIsTheLongest(t *testing.T) {
	for id, want := range map[string]string{
		"aws": "aws", "aws-access-token": "aws", "aws-amazon-bedrock-api-key": "aws-amazon-bedrock", "github-app-token": "github-app",
		"github-pat": "github", "githubby-pat": "", "awsome": "", "": "", "-": "", "hashicorp-tf-api-token": "hashicorp-tf", "hashicorp": "",
	} {
		got := ""
		if known := issuerOf(id); known != nil {
			got = known.id
		}
		if got != want {
			t.Errorf("the issuer of %q is %q, not %q", id, got, want)
		}
	}
}
