#pragma once

/// The commit that the program was built from; empty when the build does not know it.
const char *cversion_commit(void);

/// The day of that commit, as 2026-11-30; empty when the build does not know it.
const char *cversion_date(void);
