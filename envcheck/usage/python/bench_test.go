package python

import (
	"strings"
	"testing"
)

// sample is a file as they are written, without reads.
var sample = strings.Repeat(`from app.models import (
    User,
    Order,
)


class Service(Base):
    """Does what a service does, in many words, and with a "quoted" one.

    It has several lines of text.
    """

    def __init__(self, session: Session, *, limit: int = 10) -> None:
        self.session = session
        self.limit = limit

    async def find(self, name: str, **kwargs: Any) -> list[User]:
        # a comment that says why this is done so
        rows = await self.session.execute(select(User).where(User.name == name, User.age >= 18))
        if not rows:
            raise NotFound(f"no user {name!r} among {len(kwargs):>5} others")
        return [User(id=row["id"], name=row["name"].strip()) for row in rows if row["id"] not in self.seen]

`, 2000)

func BenchmarkPrefilter(b *testing.B) {
	text := []byte(sample)
	b.SetBytes(int64(len(text)))
	var s script
	for b.Loop() {
		if isMarked(text, skim(text, &s)) {
			b.Fatal("the sample reads nothing")
		}
	}
}

func BenchmarkLexer(b *testing.B) {
	text := []byte(sample)
	b.SetBytes(int64(len(text)))
	var l lexer
	for b.Loop() {
		l.run(text)
	}
}

func BenchmarkAnalyse(b *testing.B) {
	text := []byte(sample + "import os\nos.environ['A']\n")
	b.SetBytes(int64(len(text)))
	var s script
	for b.Loop() {
		s.analyse("a.py", text, nil)
		if len(s.reads) != 1 {
			b.Fatal("there is one read")
		}
	}
}
