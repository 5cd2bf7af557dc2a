; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Writes to itself: nothing but jumps, and one of them goes elsewhere each time.
ROUNDS = 60000

        .export _main
        .segment "ZEROPAGE"
rounds: .res 2
        .segment "CODE"
_main:  lda #<ROUNDS
        sta rounds
        lda #>ROUNDS
        sta rounds+1
again:  ldy #20
loop:   jmp a1
a3:     jmp a4
a2:     jmp a3
a1:     jmp a2
b3:     jmp b4
b2:     jmp b3
b1:     jmp b2
a4:     lda #<b1
        bne go
b4:     lda #<a1
        bne go
go:     sta loop+1
        dey
        bne loop
        lda rounds
        bne :+
        dec rounds+1
:       dec rounds
        lda rounds
        ora rounds+1
        bne again
        lda #0
        tax
        rts
        .assert >a1 = >b1, error, "both in one page"
