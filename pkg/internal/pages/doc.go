// Package pages reads the Markdown pages of the project as data, so that a test can run what they show: the fenced
// blocks with the marks above them, the commands of a console block with their outputs, and links with their anchors.
//
// A mark is an HTML comment directly above a block, or between paragraphs, which readers do not see:
//
//	<!-- run: COMMAND -->            a command that is run here and not shown: setting up, cleaning up
//	<!-- not run: REASON -->         the block cannot be run by a test
//	<!-- commands only -->           the block is run, and what it prints is not compared
//	<!-- exit: N -->                 the last command of the block ends with this exit code
//	<!-- file: NAME -->              the block is the content of this file, for the commands that follow
//	<!-- insert: NAME after: LINE --> the block is put into this file behind the one line that reads so
//	<!-- complete -->                the block is a whole deployment file
//	<!-- fragment -->                the block is a part of a deployment file
//	<!-- crm -->, <!-- org -->, <!-- world -->, <!-- flow -->  the block is a file of that kind
//	<!-- other: WHAT -->             the block is something else, of which no program of ours knows anything
//	<!-- note: TEXT -->              for those who write the page
//
// A hidden command may call "accounts": from there on the emulators stand in the place of the reader's accounts, over HTTP.
//
// In a console block a line that begins with "$ " is a command, "> " goes on with it, and everything else is what
// it prints. "…" stands for whatever stands there: within a line for any text, alone in a line for any lines.
package pages
