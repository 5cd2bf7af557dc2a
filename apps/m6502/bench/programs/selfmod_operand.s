; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Writes to itself: addresses of a copy that moves on, byte by byte, as operands of its own instructions.
PASSES = 4

        .export _main
        .segment "ZEROPAGE"
passes: .res 2
sum:    .res 1
        .segment "BSS"
from:   .res 4096
to:     .res 4096
        .segment "CODE"
_main:  lda #0
        sta sum
        lda #0
        sta passes
        lda #PASSES*32
        sta passes+1
        ldx #0
:       txa
        sta from,x
        sta from+$300,x
        sta from+$B00,x
        inx
        bne :-
again:  lda #<from
        sta load+1
        lda #>from
        sta load+2
        lda #<to
        sta store+1
        lda #>to
        sta store+2
        ldx #16
        ldy #0
load:   lda $FFFF
        eor sum
store:  sta $FFFF
        clc
        adc sum
        sta sum
        inc load+1
        bne :+
        inc load+2
:       inc store+1
        bne :+
        inc store+2
:       iny
        bne load
        dex
        bne load
        dec passes+1
        bne again
        lda sum
        ldx #0
        rts
