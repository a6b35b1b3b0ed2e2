package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
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
		"SELECT u.id, "+asText("u.display_name")+" FROM "+s.dialect.List+" AS asked CROSS JOIN users AS u ON u.id = asked.value", EncodeIDs(keys(names)))
}

// titles looks up the cached titles of the RFCs in slugs, where there are any. They are told apart
// by their places in the list that was asked for: a slug need not come back as it was written. One
// that is there twice has one title.
func (s *Store) titles(ctx context.Context, slugs map[string]string) error {
	if len(slugs) == 0 {
		return nil
	}
	asked := keys(slugs)
	pairs := make([][2]any, len(asked))
	for i, slug := range asked {
		pairs[i] = [2]any{i, plain(slug)}
	}
	list, err := json.Marshal(pairs)
	if err != nil {
		return err
	}
	visit := func(rows *sql.Rows) (bool, error) {
		var place number
		var title text
		err := rows.Scan(&place, &title)
		if err == nil && place.value < int64(len(asked)) {
			slugs[asked[place.value]] = string(title)
		}
		return true, err
	}
	return s.each(ctx, fmt.Sprintf("read the titles of %d RFCs", len(asked)), visit,
		"WITH asked (place, slug) AS MATERIALIZED (SELECT a, b FROM "+s.dialect.Pairs+`)
SELECT asked.place, min(`+asText("rfc.title")+`) FROM asked CROSS JOIN cached_rfcs AS rfc WHERE rfc.slug = asked.slug GROUP BY asked.place`, string(list))
}

func keys[K comparable, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}
