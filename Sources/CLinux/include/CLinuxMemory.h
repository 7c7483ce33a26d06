#pragma once

// glibc gives each thread a heap of its own. These grow without end when work moves from thread to thread, and memory
// that was freed below a live block is kept. Corresponds to mallopt(3) and malloc_trim(3).

/// One heap for all threads; call it before there is a second one.
void clinux_share_heap(void);

/// Gives freed pages back to the kernel.
void clinux_return_memory(void);
