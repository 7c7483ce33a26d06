#include "CVersion.h"

// Spelled by the preprocessor, so that no quotes have to pass through build tools.
#define SPELLED(text) #text
#define TEXT(text) SPELLED(text)

const char *cversion_commit(void) {
#ifdef DEVICEPOOL_COMMIT
  return TEXT(DEVICEPOOL_COMMIT);
#else
  return "";
#endif
}

const char *cversion_date(void) {
#ifdef DEVICEPOOL_COMMIT_DATE
  return TEXT(DEVICEPOOL_COMMIT_DATE);
#else
  return "";
#endif
}
