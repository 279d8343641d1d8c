// Command lean makes a copy of Genesys' SDK with those of its files that this project needs, each as it is
// published, and a go.mod that names the copy. All of the SDK is one package of 5,000 files; the compiler takes a
// quarter of its time and memory for the thousand that are needed. It prints the flag for the go command:
//
//	export GOFLAGS=$(.ci/lean)
//
// What is released is compiled from the whole SDK. docs/decisions/what-the-sdk-costs-to-build.md has figures.
package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

const (
	module = "github.com/mypurecloud/platform-client-sdk-go/v150"
	folder = "platformclientv2" // of the package in it
)

func main() {
	out := flag.String("out", "", "folder for copies; one that is there is used again")
	flag.Parse()
	name, err := run(*out)
	if err != nil {
		fmt.Fprintln(os.Stderr, "lean:", err)
		os.Exit(1)
	}
	fmt.Fprintln(os.Stdout, name)
}

// run gives the go.mod that names the copy.
func run(out string) (string, error) {
	if out == "" {
		return "", errors.New("name a folder for copies with -out")
	}
	out, err := filepath.Abs(out)
	if err != nil {
		return "", err
	}
	if said, err := exec.Command("go", "mod", "download", module).CombinedOutput(); err != nil {
		return "", fmt.Errorf("download the SDK: %w\n%s", err, said)
	}
	found, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", fmt.Errorf("find the SDK: %w", err)
	}
	sdk := strings.TrimSpace(string(found))
	names, err := usedOf(filepath.Join("pkg", "genesys", "genesysrest"), module+"/"+folder)
	if err != nil {
		return "", err
	}
	files, err := needed(filepath.Join(sdk, folder), names)
	if err != nil {
		return "", err
	}
	copied, err := copySDK(sdk, files, out)
	if err != nil {
		return "", err
	}
	return nameCopy(copied, out)
}

// copySDK copies the files once: the folder is named after which they are.
func copySDK(sdk string, files []string, out string) (string, error) {
	sum := sha256.Sum256([]byte(filepath.Base(sdk) + "\n" + strings.Join(files, "\n")))
	dir := filepath.Join(out, fmt.Sprintf("sdk-%x", sum[:6]))
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", err
	}
	making, err := os.MkdirTemp(out, "making")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(making) }() // gone already when all went well
	if err := os.Mkdir(filepath.Join(making, folder), 0o755); err != nil {
		return "", err
	}
	for _, name := range append([]string{"go.mod", "LICENSE"}, files...) {
		if filepath.Ext(name) == ".go" {
			name = filepath.Join(folder, name)
		}
		data, err := os.ReadFile(filepath.Join(sdk, name))
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(making, name), data, 0o644); err != nil {
			return "", err
		}
	}
	if runtime.GOOS != "windows" { // go generate reads the API description; there it has to go without this command
		if err := os.Symlink(filepath.Join(sdk, "swagger.json"), filepath.Join(making, "swagger.json")); err != nil {
			return "", err
		}
	}
	if err := os.Rename(making, dir); err != nil && !errors.Is(err, fs.ErrExist) {
		if _, there := os.Stat(dir); there != nil { // nobody else made it meanwhile
			return "", err
		}
	}
	return dir, nil
}

// nameCopy writes the project's go.mod and go.sum as they are now, with the copy instead of the SDK. What is there
// already stays untouched: another go command may be reading it, and the folder may be closed to writing.
func nameCopy(copied, out string) (string, error) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		return "", err
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		return "", err
	}
	mod = fmt.Appendf(mod, "\nreplace %s => %s\n", module, modfile.AutoQuote(copied))
	sum := sha256.Sum256(slices.Concat(mod, sums))
	dir := filepath.Join(out, fmt.Sprintf("mod-%x", sum[:6]))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if err := put(filepath.Join(dir, "go.sum"), sums); err != nil {
		return "", err
	}
	name := filepath.Join(dir, "go.mod")
	return name, put(name, mod)
}

// put gives a file its content, at once for whoever reads it, unless it has it.
func put(name string, data []byte) error {
	if is, err := os.ReadFile(name); err == nil && bytes.Equal(is, data) {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		if err = os.Rename(f.Name(), name); err == nil {
			return nil
		}
	}
	return errors.Join(err, os.Remove(f.Name()))
}
