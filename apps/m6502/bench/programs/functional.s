; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; What a functional test of the processor does, again and again: all operands through the arithmetic, logic and shifts,
; decimal too, the operand of an immediate written into the instruction; stack, flags, calls, jump tables. Everything
; is added up; the exit code is the sum's low byte.
PASSES = 12

        .export _main
        .segment "ZEROPAGE"
left:   .res 1
right:  .res 1
digits: .res 1
sum:    .res 2
passes: .res 1
cell:   .res 2
at:     .res 2
        .segment "BSS"
table:  .res 256
far:    .res 1
        .segment "CODE"

; Adds A and the flags to the sum. Keeps A and X.
note:   php
        pha
        clc
        cld
        adc sum
        sta sum
        bcc :+
        inc sum+1
:       tsx
        lda $102,x              ; the flags
        and #ALL
        eor sum+1
        rol a
        sta sum+1
        pla
        plp
        rts

.macro  noted                   ; a short form where calls would be all there is
        php
        cld
        adc sum
        sta sum
        pla
        and #ALL
        adc sum+1
        sta sum+1
.endmacro
ALL = $CB                       ; without I, which says how the simulator began

; left and right through each operation, as immediate, in page 0, absolute, indexed and indirect.
operate:
        lda right
        sta adc1+1
        sta sbc1+1
        sta cmp1+1
        sta far
        sta cell+1
        ldx #1
        ldy right
        tya
        sta table,y
        lda left
        clc
adc1:   adc #0
        noted
        lda left
        sec
sbc1:   sbc #0
        noted
        lda left
cmp1:   cmp #0
        noted
        lda left
        sec
        adc far
        noted
        lda left
        clc
        sbc cell,x
        noted
        lda left
        and right
        noted
        lda left
        ora far
        noted
        lda left
        eor (at),y
        noted
        lda left
        bit right
        noted
        lda right
        and #$77
        sta digits
        sed                     ; not noted: sim65 2.19 sets other flags in decimal mode
        lda left
        and #$77
        clc
        adc digits
        cld
        sed
        lda left
        and #$77
        sec
        sbc digits
        cld
        rts

; A value through shifts and counts, in A and in memory.
shift:  sta left
        sta far
        asl a
        noted
        lda left
        ror a
        noted
        rol left
        lda left
        noted
        lsr far
        lda far
        noted
        ldx left
        inx
        txa
        noted
        ldy left
        dey
        tya
        noted
        inc left
        dec far
        lda left
        cmp far
        noted
        rts

; Each value as flags: through the stack, and what branches make of them.
flags:  pha
        plp
        php
        pla
        and #ALL
        sta left
        ldx #0
        lda left
        pha
        plp
        bcc :+
        inx
:       bne :+
        inx
        inx
:       bvc :+
        inx
        inx
        inx
        inx
:       bpl :+
        txa
        ora #8
        tax
:       cld
        txa
        noted
        rts

; Calls through a table of return addresses, jumps through a pointer.
one:    lda #1
        rts
two:    lda #2
        rts
three:  lda #3
        jmp (vector)
four:   lda #4
        rts
        .segment "DATA"
vector: .word four
lows:   .byte <(one-1), <(two-1), <(three-1), <(four-1)
highs:  .byte >(one-1), >(two-1), >(three-1), >(four-1)
        .segment "CODE"
choose: and #3
        tax
        lda highs,x
        pha
        lda lows,x
        pha
        rts                     ; goes there

_main:  lda #PASSES
        sta passes
        lda #0
        sta sum
        sta sum+1
        sta cell
        lda #<table
        sta at
        lda #>table
        sta at+1
again:  lda #0
        sta left
pairs:  lda #0
        sta right
pair:   jsr operate
        lda right
        clc
        adc #3
        sta right
        bcc pair
        inc left
        lda left
        and #$3F
        bne pairs
        lda #0
values: pha
        jsr shift
        pla
        pha
        jsr flags
        pla
        pha
        jsr choose
        jsr note
        pla
        clc
        adc #1
        bne values
        dec passes
        bne again
        lda sum
        ldx #0
        rts
