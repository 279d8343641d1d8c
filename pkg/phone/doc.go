// Package phone reads a caller's number in every form in which a trunk, a person or a CRM
// may write it, and says it again as E.164, in national form, or masked.
//
//	tel:+1-513-555-0142;ext=7     tel: with visual separators and parameters
//	sip:+15135550142@10.0.0.1     the user part, when it is a number
//	"Ada" <sip:5135550142@pbx>    name and brackets are dropped
//	+49 30 1234567, 0049 30 …     international
//	(513) 555-0142                national, read in the home region
//	anonymous, restricted, …      withheld: no number, and no error of the caller's
//
// Numbering plans come from libphonenumber's metadata. Parse wraps that library; Rules are the
// same plans as data, for the rendered flow, which has to read without it.
package phone
