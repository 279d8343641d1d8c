package velocity

// The engine decides between a range and a list by reading ahead as far as the two dots.
// Reading ahead follows the grammar without building anything.

// scanRange reports whether `[` a `..` stands here.
func (p *parser) scanRange() bool {
	p.scans = 0
	_, ok := p.scanRangeAt(0)
	return ok
}

// scanned counts the steps of one look-ahead: nested lists make it look twice at each level.
func (p *parser) scanned() bool {
	if p.scans++; p.scans <= maxScans {
		return true
	}
	if p.err == nil {
		p.err = p.errorAt(p.peek(0).pos, "nested too deeply")
	}
	return false
}

// scanRangeAt is the look-ahead proper: up to and including the dots.
func (p *parser) scanRangeAt(i int) (int, bool) {
	if !p.scanned() || p.peek(i).kind != kListOpen {
		return i, false
	}
	i = p.scanSpace(i + 1)
	if p.peek(i).kind == kInteger {
		i++
	} else {
		var ok bool
		if i, ok = p.scanReference(i); !ok {
			return i, false
		}
	}
	i = p.scanSpace(i)
	return i + 1, p.peek(i).kind == kDotDot
}

func (p *parser) scanSpace(i int) int {
	if p.peek(i).kind == kSpace {
		return i + 1
	}
	return i
}

func (p *parser) scanReference(i int) (int, bool) {
	braces := p.peek(i).kind == kBraceOpen
	if braces {
		i++
	}
	if p.peek(i).kind != kIdentifier {
		return i, false
	}
	i = p.scanIndexes(i + 1)
	for p.peek(i).kind == kDot && p.peek(i+1).kind == kIdentifier {
		i++
		if end, ok := p.scanMethod(i); ok {
			i = end
		} else {
			i++
		}
		i = p.scanIndexes(i)
	}
	if braces {
		return i + 1, p.peek(i).kind == kBraceClose
	}
	return i, true
}

func (p *parser) scanIndexes(i int) int {
	for p.peek(i).kind == kIndexOpen {
		j := p.scanSpace(i + 1)
		switch p.peek(j).kind {
		case kString, kInteger, kTrue, kFalse:
			j++
		default:
			end, ok := p.scanReference(j)
			if !ok {
				return i
			}
			j = end
		}
		j = p.scanSpace(j)
		if p.peek(j).kind != kIndexClose {
			return i
		}
		i = j + 1
	}
	return i
}

func (p *parser) scanMethod(i int) (int, bool) {
	if p.peek(i+1).kind != kParenOpen {
		return i, false
	}
	i, _ = p.scanOperands(i+2, kComma)
	return i + 1, p.peek(i).kind == kArgsClose
}

// scanOperands passes over operands with separators; none at all is fine.
func (p *parser) scanOperands(i int, sep kind) (int, bool) {
	j, ok := p.scanOperand(i)
	if !ok {
		return i, false
	}
	for p.peek(j).kind == sep {
		next, ok := p.scanOperand(j + 1)
		if !ok {
			break
		}
		j = next
	}
	return j, true
}

func (p *parser) scanOperand(i int) (int, bool) {
	if !p.scanned() {
		return i, false
	}
	i = p.scanSpace(i)
	switch p.peek(i).kind {
	case kString, kInteger, kTrue, kFalse, kFloat:
		i++
	case kMapOpen:
		j, ok := p.scanOperand(i + 1)
		for ok && p.peek(j).kind == kColon {
			if j, ok = p.scanOperand(j + 1); !ok || p.peek(j).kind != kComma {
				break
			}
			j, ok = p.scanOperand(j + 1)
		}
		if !ok {
			j = p.scanSpace(i + 1)
		}
		if k := p.peek(j).kind; k != kMapClose && k != kBraceClose {
			return i, false
		}
		i = j + 1
	case kListOpen:
		end, ok := p.scanWholeRange(i)
		if !ok {
			end, _ = p.scanOperands(i+1, kComma)
			if p.peek(end).kind != kListClose {
				return i, false
			}
			end++
		}
		i = end
	default:
		var ok bool
		if i, ok = p.scanReference(i); !ok {
			return i, false
		}
	}
	return p.scanSpace(i), true
}

func (p *parser) scanWholeRange(i int) (int, bool) {
	i, ok := p.scanRangeAt(i)
	if !ok {
		return i, false
	}
	i = p.scanSpace(i)
	if p.peek(i).kind == kInteger {
		i++
	} else if i, ok = p.scanReference(i); !ok {
		return i, false
	}
	i = p.scanSpace(i)
	return i + 1, p.peek(i).kind == kListClose
}
