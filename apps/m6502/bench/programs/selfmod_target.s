; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Writes to itself: the target of a call, another one each time.
ROUNDS = 50000

        .export _main
        .segment "ZEROPAGE"
rounds: .res 2
sum:    .res 1
which:  .res 1
        .segment "CODE"
add:    clc
        adc #7
        rts
turn:   asl a
        adc #0
        rts
flip:   eor #$A5
        rts
take:   sec
        sbc #3
        rts
lows:   .byte <add, <turn, <flip, <take
highs:  .byte >add, >turn, >flip, >take

_main:  lda #0
        sta sum
        sta which
        lda #<ROUNDS
        sta rounds
        lda #>ROUNDS
        sta rounds+1
again:  ldy #16
loop:   inc which
        lda which
        and #3
        tax
        lda lows,x
        sta call+1
        lda highs,x
        sta call+2
        lda sum
call:   jsr add
        sta sum
        dey
        bne loop
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
