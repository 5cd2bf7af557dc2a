; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Writes to itself: code that it makes, runs a few times and makes anew, other instructions each time.
ROUNDS = 6000

        .export _main
        .segment "ZEROPAGE"
rounds: .res 2
sum:    .res 1
seed:   .res 1
        .segment "BSS"
code:   .res 64
        .segment "CODE"
; Instructions of one byte, and of two with an operand.
single: .byte $0A, $4A, $18, $38, $2A, $6A, $EA, $AA   ; asl lsr clc sec rol ror nop tax
double: .byte $69, $49, $29, $09, $E9, $69, $49, $C9   ; adc eor and ora sbc adc eor cmp

make:   ldx #0
next:   lda seed
        asl a
        bcc :+
        eor #$1D
:       sta seed
        and #7
        tay
        lda single,y
        sta code,x
        inx
        lda double,y
        sta code,x
        inx
        lda seed
        sta code,x
        inx
        cpx #48
        bne next
        lda #$60
        sta code,x
        rts

_main:  lda #0
        sta sum
        lda #<ROUNDS
        sta rounds
        lda #>ROUNDS
        sta rounds+1
        lda #1
        sta seed
again:  jsr make
        ldy #60
:       tya
        eor sum
        jsr code
        sta sum
        dey
        bne :-
        lda rounds
        bne :+
        dec rounds+1
:       dec rounds
        lda rounds
        ora rounds+1
        bne again
        lda sum
        ldx #0
        rts
