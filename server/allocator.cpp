// The process's allocator is jemalloc: the arenas of a query free hundreds of megabytes at once, and
// the next query finds them mapped. Idle memory goes back to the system within seconds, by a thread
// of jemalloc's.

extern "C" {
/// jemalloc's options, which it reads by this name (jemalloc.net/jemalloc.3.html).
const char* malloc_conf = "background_thread:true,dirty_decay_ms:5000,muzzy_decay_ms:0";
}
