package expr

import "strings"

var currencyRows = []row{
	{"ConvertCurrency(sourceCurrency cur?, destinationCurrencyCode str? iso4217) cur", convertCurrency, 0},
	{"ConvertCurrency(sourceCurrency cur?, destinationCurrencyCode str? iso4217, sourcePerDestExchangeRate dec) cur", convertCurrency, 0},
	{"GetCurrencySymbol(currencyCode str iso4217) str", currencySymbol, 0},
	{"GetCurrencySymbol(currency cur?) str", currencySymbol, 0},
	{"MakeCurrency(amount dec?, currencyCode str? iso4217) cur", makeCurrency, 0},
	{"MakeCurrency(amount int?, currencyCode str? iso4217) cur", makeCurrency, 0},
	{"MakeListCurrency(amounts dec[], currencyCode str? iso4217) cur[]", makeCurrencies, 0},
	{"MakeListCurrency(amounts dec[], currencyCodes str[]) cur[]", makeCurrencies, 0},
	{"ToCurrency(valueToConvert str?) cur", toCurrency, 0},
	{"ToCurrency(valueToConvert dec?) cur", toCurrency, 0},
	{"ToCurrency(valueToConvert int?) cur", toCurrency, 0},
	{"ToCurrency(nullValue nts?) cur", toCurrency, ruleNotSet},
	{"ToCurrency(valueToReturn cur?) cur", itself, 0},
}

// currency makes one from an amount and a code, either of which may be NOT_SET.
func currency(amount, code Value) Value {
	v := Value{h: head(Currency) | flagNoAmount}
	if amount.IsSet() {
		v = amount.dec().value(Currency)
	}
	if !code.IsSet() || code.s == "" {
		v.h |= flagNoCode
	} else {
		v.s = strings.ToUpper(code.s)
	}
	return v
}

func makeCurrency(_ *machine, a []Value) (Value, *EvalError) {
	if a[1].IsSet() && !isCurrencyCode(a[1].s) {
		return Value{}, failf("%s is not a currency code", quote(short(a[1].s)))
	}
	return currency(a[0], a[1]), nil
}

func makeCurrencies(m *machine, a []Value) (Value, *EvalError) {
	n := a[0].Len()
	if err := m.spend(n * valueSize); err != nil {
		return Value{}, err
	}
	list := a[1].Type().IsList()
	if list && a[1].Len() != n {
		return Value{}, failf("there are %d amounts and %d codes", n, a[1].Len())
	}
	items := make([]Value, n)
	for i := range items {
		code := a[1]
		if list {
			code = a[1].At(i)
		}
		if code.IsSet() && !isCurrencyCode(code.s) {
			return Value{}, failf("%s is not a currency code", quote(short(code.s)))
		}
		items[i] = currency(a[0].At(i), code)
	}
	return listOf(Currency, items), nil
}

// toCurrency reads amount|code; a number has no code.
func toCurrency(_ *machine, a []Value) (Value, *EvalError) {
	v := a[0]
	if !v.IsSet() {
		return NotSet(Currency), nil
	}
	if v.Type() != String {
		return currency(v, NotSet(String)), nil
	}
	if strings.Trim(v.s, blanks) == "" {
		return NotSet(Currency), nil
	}
	amount, code, _ := strings.Cut(v.s, "|")
	d, err := parseDecimal(amount)
	code = strings.Trim(code, blanks)
	if err != nil || code != "" && !isCurrencyCode(code) {
		return Value{}, failf("%s is not a currency such as 5.25|USD", quote(short(v.s)))
	}
	return currency(d, OfString(code)), nil
}

// convertCurrency without a rate keeps the amount. The rate counts source per destination.
func convertCurrency(_ *machine, a []Value) (Value, *EvalError) {
	v := a[0]
	if !v.IsSet() {
		return NotSet(Currency), nil
	}
	n := NotSet(Decimal)
	if v.h&flagNoAmount == 0 {
		n = v.dec().value(Decimal)
		if len(a) > 2 {
			if a[2].dec().isZero() {
				return Value{}, failf("the exchange rate is zero")
			}
			d, ok := v.dec().div(a[2].dec())
			var err *EvalError
			if n, err = number(Decimal, d, ok, v); err != nil {
				return Value{}, err
			}
		}
	}
	return currency(n, a[1]), nil
}

// symbols are the signs of currencies whose sign is not their code.
var symbols = map[string]string{
	"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪", "VND": "₫", "NGN": "₦", "PHP": "₱",
	"PYG": "₲", "CRC": "₡", "UAH": "₴", "THB": "฿", "TRY": "₺", "RUB": "₽", "KZT": "₸", "GHS": "₵", "MNT": "₮", "LAK": "₭", "GEL": "₾",
	"AUD": "$", "CAD": "$", "NZD": "$", "MXN": "$", "HKD": "$", "SGD": "$", "ARS": "$", "CLP": "$", "COP": "$", "BRL": "R$", "CHF": "CHF",
	"SEK": "kr", "NOK": "kr", "DKK": "kr", "ISK": "kr", "PLN": "zł", "CZK": "Kč", "HUF": "Ft", "RON": "lei", "BGN": "лв", "ZAR": "R",
	"EGP": "£", "LBP": "£", "PEN": "S/.", "MYR": "RM", "IDR": "Rp", "TWD": "NT$",
}

func currencySymbol(_ *machine, a []Value) (Value, *EvalError) {
	v := a[0]
	if !v.IsSet() || v.h&flagNoCode != 0 {
		return NotSet(String), nil
	}
	code := strings.ToUpper(v.s)
	if !isCurrencyCode(code) {
		return Value{}, failf("%s is not a currency code", quote(short(v.s)))
	}
	if s, ok := symbols[code]; ok {
		return OfString(s), nil
	}
	return OfString(code), nil
}
