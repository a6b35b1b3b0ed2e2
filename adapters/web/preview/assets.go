package preview

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed templates/*.html assets/*
var files embed.FS

// assetPaths has the address of each asset by its name. The address has a hash of the content, so that browsers
// may cache it.
var assetPaths, assets = func() (paths map[string]string, byPath map[string][]byte) {
	paths, byPath = map[string]string{}, map[string][]byte{}
	names, err := fs.Glob(files, "assets/*")
	if err != nil {
		panic(err) // the pattern is good
	}
	for _, name := range names {
		content, err := files.ReadFile(name)
		if err != nil {
			panic(err) // it has just been listed
		}
		sum := sha256.Sum256(content)
		base, end := path.Base(name), path.Ext(name)
		address := "/assets/" + strings.TrimSuffix(base, end) + "." + hex.EncodeToString(sum[:6]) + end
		paths[base], byPath[address] = address, content
	}
	return paths, byPath
}()

// asset answers with a style sheet or a script.
func asset(w http.ResponseWriter, r *http.Request) {
	content, ok := assets[r.URL.Path]
	if !ok {
		say(w, http.StatusNotFound, "There is no such file.")
		return
	}
	kind := "text/css; charset=utf-8"
	if path.Ext(r.URL.Path) == ".js" {
		kind = "text/javascript; charset=utf-8"
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	send(w, http.StatusOK, kind, content)
}
