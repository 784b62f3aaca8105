// The header fenghuo-signature of one batch: go run sign.go SEED ENTERPRISE VALUE-FILE HEADER...
// SEED is the private key, 32 bytes in hexadecimal; the nine headers come in the order in which they
// are signed, "" for one that is absent.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log"
	"os"
)

func main() {
	seed, err := hex.DecodeString(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	value, err := os.ReadFile(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	digest := sha256.Sum256(value)

	parts := [][]byte{[]byte("fenghuo-batch-2"), []byte(os.Args[2])}
	for _, header := range os.Args[4:13] {
		parts = append(parts, []byte(header))
	}
	parts = append(parts, digest[:])

	var signed bytes.Buffer
	for _, part := range parts {
		fmt.Fprintf(&signed, "%d:", len(part))
		signed.Write(part)
	}
	signature := ed25519.Sign(ed25519.NewKeyFromSeed(seed), signed.Bytes())
	fmt.Println(hex.EncodeToString(signature))
}
