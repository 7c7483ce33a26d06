#pragma once

// glibc gives threads heaps of their own, which grow for ever where work wanders from thread to thread, and keeps what was
// freed below something that lives. Corresponds to mallopt(3) and malloc_trim(3).

/// One heap for all threads; call it before there is a second one.
void clinux_share_heap(void);

/// Gives freed pages back to the kernel.
void clinux_return_memory(void);
