package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/wiggleverse/rfcdigest/core"
)

// named fills in the names of whom and what ns refer to, and returns ns. A page refers to few of
// them, many times over, so asking for each once is much cheaper than joining them to every row.
func (s *Store) named(ctx context.Context, ns []core.Notification) ([]core.Notification, error) {
	actors, titles := make(map[int64]string), make(map[string]string)
	for _, n := range ns {
		actors[n.ActorID], titles[n.Slug] = "", ""
	}
	delete(actors, 0)
	delete(titles, "")
	if err := s.actors(ctx, actors); err != nil {
		return nil, err
	}
	if err := s.titles(ctx, titles); err != nil {
		return nil, err
	}
	for i := range ns {
		ns[i].Actor, ns[i].Title = actors[ns[i].ActorID], titles[ns[i].Slug]
	}
	return ns, nil
}

// actors looks up the display names of the people in names, where there are any.
func (s *Store) actors(ctx context.Context, names map[int64]string) error {
	if len(names) == 0 {
		return nil
	}
	visit := func(rows *sql.Rows) (bool, error) {
		var id number
		var name text
		err := rows.Scan(&id, &name)
		names[id.value] = string(name)
		return true, err
	}
	return s.each(ctx, fmt.Sprintf("read the names of %d people", len(names)), visit,
		"SELECT u.id, "+asText("u.display_name")+" FROM "+s.dialect.List+" AS asked CROSS JOIN users AS u WHERE u.id = asked.value", EncodeIDs(keys(names)))
}

// titles looks up the cached titles of the RFCs in slugs, where there are any. They are told apart
// by their places in the list that was asked for: a slug need not come back as it was written. Of one
// that is there twice, the lower title counts.
func (s *Store) titles(ctx context.Context, slugs map[string]string) error {
	if len(slugs) == 0 {
		return nil
	}
	asked := keys(slugs)
	list, err := paired(len(asked), func(i int) (int64, string) { return int64(i), asked[i] })
	if err != nil {
		return err
	}
	visit := func(rows *sql.Rows) (bool, error) {
		var place number
		var title text
		if err := rows.Scan(&place, &title); err != nil {
			return false, err
		}
		slug := asked[place.value]
		if had := slugs[slug]; had == "" || string(title) < had {
			slugs[slug] = string(title)
		}
		return true, nil
	}
	return s.each(ctx, fmt.Sprintf("read the titles of %d RFCs", len(asked)), visit,
		"SELECT asked.number, "+asText("rfc.title")+" FROM "+s.dialect.Pairs+" AS asked CROSS JOIN cached_rfcs AS rfc WHERE rfc.slug = asked.text", list)
}

func keys[K comparable, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}
