// Package words says for a person what several commands, pages and pictures say: how many of
// something there are, shares, rates and lengths of time, and what a call became. One fact has
// the same words wherever it is shown; a page that wants another tone asks for it here.
package words
