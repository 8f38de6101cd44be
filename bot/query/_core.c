/* The compiled core of the index of stored queries: what bot/query/pure.py does, on arrays.

   Python says what words mean (which features a chunk of text has, whether a sentence ends between two words); this file
   remembers it for each chunk, finds the chunks of an article in it, and evaluates the queries that may answer. Names are
   those of the Python modules: a feature is one wanted word (bot/query/features.py), a pattern is a term's ways to be found
   (patterns.py), a found is a place where a pattern stands (reading.py), a step is a part of a query (steps.py).

   Positions: `start`, `end` count code points of title, space and body together; `first`, `behind` count words, the body's
   words FIELD_WORDS behind the title's. Everything an article needs is scratch space that the next one uses again.

   All of it runs under the GIL; the Python side adds a lock, because a callback may let another thread run. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) ((void)(address))
#endif
#define AHEAD 6                   /* queries: stored ones lie scattered, so they are called for before their turn */

#define PROFILES 4
#define LEAD_LETTERS 600          /* as in reading.py */
#define FIELD_WORDS ((int64_t)1 << 40)
#define LONGEST_KEPT 512          /* letters: a longer chunk (a paragraph without spaces) is not remembered */
#define FREE_JOINT 2              /* bot.text.Joint.FREE */

enum { TERM, AND, OR, NOT, NEAR, META };              /* steps; as in compiled.py */
enum { ANYWHERE, TITLE, LEAD, BODY };                 /* scopes; as in compiled.py */

typedef struct { int32_t start, end, place, width; uint8_t joint, glued; } Cell;
typedef struct { int32_t feature, cell; } Pair;

typedef struct {
    uint64_t hash;
    int32_t letters, kind;        /* how many code points, and how they are stored: 1 or 4 bytes each */
    int32_t width, cells, pairs;
    char data[];                  /* cells, pairs, letters */
} Chunk;

typedef struct { Chunk **slots; size_t size, used; } Table;

typedef struct { int32_t second, query; } Filing;

typedef struct {
    Filing *filings;
    int32_t filed, room;
    int32_t refs;
    uint32_t stamp;               /* the article it was last seen in */
    int32_t count, offset;        /* its occurrences in that article */
} Feature;

typedef struct { int32_t feature, free; PyObject *sign; } Wanted;

typedef struct {
    PyObject *text, *signs;       /* `signs`: the Python pattern when there is more to look at than words, else NULL */
    Wanted *wanted;               /* the ways, one after the other */
    int32_t *lengths;
    int32_t ways, refs, merge;
    uint32_t stamp;
    Py_ssize_t first_found;
    int32_t found;
} Pattern;

typedef struct {
    PyObject *key;                /* NULL: a free place */
    PyObject *word;               /* the text of the only term, where the query is one word and nothing else; borrowed */
    int32_t *code;
    Filing *filed;                /* first feature in `query`, second in `second` */
    int32_t length, filings;
    uint32_t stamp;
} Query;

typedef struct { int64_t first, behind; int32_t start, end, chunk; uint8_t joint, glued; } Occurrence;

typedef struct {
    int64_t first, behind;
    int32_t start, end, first_chunk, last_chunk, pattern;
    uint8_t glued;
    PyObject *hit;
} Found;

typedef struct { Chunk *chunk; int32_t start, number; int64_t first; } Seat;   /* a chunk where it stands in an article */

typedef struct {
    PyObject_HEAD
    PyObject *learn, *follows, *signs_stand, *hit_type;
    Py_ssize_t slots[6];          /* where a Hit keeps its attributes; slots[0] < 0: it has to be called */
    Table tables[PROFILES];
    Py_ssize_t letters, most_letters;
    Feature *features; int32_t feature_count, feature_room;
    int32_t *free_features; int32_t free_count, free_room;
    Pattern *patterns; int32_t pattern_count, pattern_room;
    int32_t *free_patterns; int32_t free_pattern_count, free_pattern_room;
    Query *queries; int32_t query_count, query_room;
    int32_t *free_queries; int32_t free_query_count, free_query_room;
    uint64_t common[2][64]; int32_t common_count[2];
    uint32_t now;
    int busy;
    /* scratch, for one article */
    PyObject *text; const void *data; int kind; Py_ssize_t length, body, lead;
    Seat *seats; Py_ssize_t seat_count, seat_room;
    int32_t *present; Py_ssize_t present_count, present_room;
    Occurrence *occurrences; Py_ssize_t occurrence_count, occurrence_room;
    Found *found; Py_ssize_t found_count, found_room;
    int32_t *stack; Py_ssize_t stack_count, stack_room;
    int64_t *sorting; Py_ssize_t sorting_room;
    int32_t *candidates; Py_ssize_t candidate_count, candidate_room;
    Chunk **passing; Py_ssize_t passing_count, passing_room;
} Core;

/* ── memory ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int
grow(void *array, void *room, int wide_room, Py_ssize_t needed, size_t size)
{
    Py_ssize_t have = wide_room ? *(Py_ssize_t *)room : *(int32_t *)room;
    if (needed <= have)
        return 0;
    Py_ssize_t want = have < 8 ? 8 : have;
    while (want < needed)
        want += want / 2;
    if (!wide_room && want > INT32_MAX) {
        PyErr_NoMemory();
        return -1;
    }
    void *bigger = PyMem_Realloc(*(void **)array, (size_t)want * size);
    if (!bigger) {
        PyErr_NoMemory();
        return -1;
    }
    *(void **)array = bigger;
    if (wide_room)
        *(Py_ssize_t *)room = want;
    else
        *(int32_t *)room = (int32_t)want;
    return 0;
}

#define ROOM(core, array, room, needed) grow(&(core)->array, &(core)->room, sizeof((core)->room) == 8, (needed), sizeof(*(core)->array))

/* ── chunks ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

#define CELLS(chunk) ((Cell *)(chunk)->data)
#define PAIRS(chunk) ((Pair *)((chunk)->data + sizeof(Cell) * (size_t)(chunk)->cells))
#define LETTERS(chunk) ((chunk)->data + sizeof(Cell) * (size_t)(chunk)->cells + sizeof(Pair) * (size_t)(chunk)->pairs)

/* Letters are mixed in one by one, so that a chunk has one hash however wide the text around it is stored. */
#define MIX(hash, letter) (((hash) ^ (uint64_t)(letter)) * UINT64_C(0x9E3779B97F4A7C15))
#define HASH_START UINT64_C(0x2545F4914F6CDD1D)

static inline uint64_t
finish(uint64_t hash)
{
    hash ^= hash >> 32;
    hash *= UINT64_C(0xD6E8FEB86659FD93);
    return hash ^ (hash >> 32);
}

static uint64_t
hash_of(const void *data, int kind, Py_ssize_t start, Py_ssize_t end)
{
    uint64_t hash = HASH_START;
    for (Py_ssize_t at = start; at < end; at++) {
        hash = MIX(hash, PyUnicode_READ(kind, data, at));
        hash ^= hash >> 29;
    }
    return finish(hash);
}

static int
same_letters(const Chunk *chunk, const void *data, int kind, Py_ssize_t start)
{
    const char *letters = LETTERS(chunk);
    if (chunk->kind == 1) {
        if (kind == PyUnicode_1BYTE_KIND)
            return memcmp(letters, (const char *)data + start, (size_t)chunk->letters) == 0;
        for (int32_t at = 0; at < chunk->letters; at++)
            if ((Py_UCS4)(unsigned char)letters[at] != PyUnicode_READ(kind, data, start + at))
                return 0;
        return 1;
    }
    for (int32_t at = 0; at < chunk->letters; at++) {
        Py_UCS4 letter;
        memcpy(&letter, letters + 4 * (size_t)at, 4);
        if (letter != PyUnicode_READ(kind, data, start + at))
            return 0;
    }
    return 1;
}

static size_t
slot_of(const Table *table, uint64_t hash, const void *data, int kind, Py_ssize_t start, Py_ssize_t letters)
{
    size_t slot = (size_t)hash & (table->size - 1);
    for (;;) {
        Chunk *chunk = table->slots[slot];
        if (!chunk || (chunk->hash == hash && chunk->letters == letters && same_letters(chunk, data, kind, start)))
            return slot;
        slot = (slot + 1) & (table->size - 1);
    }
}

static void
empty(Table *table)
{
    for (size_t slot = 0; slot < table->size; slot++)
        PyMem_Free(table->slots[slot]);
    PyMem_Free(table->slots);
    table->slots = NULL;
    table->size = table->used = 0;
}

static int
widen(Table *table)
{
    if (table->size && table->used * 2 < table->size)
        return 0;
    size_t size = table->size ? table->size * 2 : 1024;
    Chunk **slots = PyMem_Calloc(size, sizeof(Chunk *));
    if (!slots) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t old = 0; old < table->size; old++) {
        Chunk *chunk = table->slots[old];
        if (chunk) {
            size_t slot = (size_t)chunk->hash & (size - 1);
            while (slots[slot])
                slot = (slot + 1) & (size - 1);
            slots[slot] = chunk;
        }
    }
    PyMem_Free(table->slots);
    table->slots = slots;
    table->size = size;
    return 0;
}

static int
to_int(PyObject *sequence, Py_ssize_t at, int64_t low, int64_t high, int32_t *into)
{
    long long value = PyLong_AsLongLong(PySequence_Fast_GET_ITEM(sequence, at));
    if (value == -1 && PyErr_Occurred())
        return -1;
    if (value < low || value > high) {
        PyErr_Format(PyExc_ValueError, "number %zd is %lld, not between %lld and %lld", at, value, (long long)low, (long long)high);
        return -1;
    }
    *into = (int32_t)value;
    return 0;
}

/* What Python says of a chunk: [width, cells, (start, end, place, width, joint, glued)…, (feature, cell)…]. */
static Chunk *
read_chunk(Core *core, PyObject *said, const void *data, int kind, Py_ssize_t start, int32_t letters, uint64_t hash)
{
    PyObject *list = PySequence_Fast(said, "a chunk is a list of numbers");
    if (!list)
        return NULL;
    Py_ssize_t size = PySequence_Fast_GET_SIZE(list);
    int32_t width = 0, cells = 0;
    Chunk *chunk = NULL;
    if (size < 2) {
        PyErr_SetString(PyExc_ValueError, "a chunk has its width and the number of its cells");
        goto done;
    }
    if (to_int(list, 0, 0, INT32_MAX, &width) || to_int(list, 1, 0, (size - 2) / 6, &cells))
        goto done;
    if ((size - 2 - 6 * (Py_ssize_t)cells) % 2) {
        PyErr_SetString(PyExc_ValueError, "a feature stands in a cell: two numbers each");
        goto done;
    }
    int32_t pairs = (int32_t)((size - 2 - 6 * (Py_ssize_t)cells) / 2);
    Py_UCS4 most = 0;
    for (Py_ssize_t at = start; at < start + letters; at++) {
        Py_UCS4 letter = PyUnicode_READ(kind, data, at);
        most = letter > most ? letter : most;
    }
    int32_t bytes = most < 256 ? 1 : 4;
    chunk = PyMem_Malloc(sizeof(Chunk) + sizeof(Cell) * (size_t)cells + sizeof(Pair) * (size_t)pairs + (size_t)bytes * (size_t)letters);
    if (!chunk) {
        PyErr_NoMemory();
        goto done;
    }
    *chunk = (Chunk){.hash = hash, .letters = letters, .kind = bytes, .width = width, .cells = cells, .pairs = pairs};
    for (int32_t at = 0; at < cells; at++) {
        Cell *cell = &CELLS(chunk)[at];
        int32_t joint, glued;
        Py_ssize_t from = 2 + 6 * (Py_ssize_t)at;
        if (to_int(list, from, 0, letters, &cell->start) || to_int(list, from + 1, cell->start, letters, &cell->end)
            || to_int(list, from + 2, 0, width, &cell->place) || to_int(list, from + 3, 0, width, &cell->width)
            || to_int(list, from + 4, 0, 2, &joint) || to_int(list, from + 5, 0, 1, &glued))
            goto failed;
        cell->joint = (uint8_t)joint;
        cell->glued = (uint8_t)glued;
    }
    for (int32_t at = 0; at < pairs; at++) {
        Py_ssize_t from = 2 + 6 * (Py_ssize_t)cells + 2 * (Py_ssize_t)at;
        if (to_int(list, from, 1, core->feature_count - 1, &PAIRS(chunk)[at].feature)
            || to_int(list, from + 1, 0, cells - 1, &PAIRS(chunk)[at].cell))
            goto failed;
    }
    for (int32_t at = 0; at < letters; at++) {
        Py_UCS4 letter = PyUnicode_READ(kind, data, start + at);
        if (bytes == 1)
            LETTERS(chunk)[at] = (char)letter;
        else
            memcpy(LETTERS(chunk) + 4 * (size_t)at, &letter, 4);
    }
    goto done;
failed:
    PyMem_Free(chunk);
    chunk = NULL;
done:
    Py_DECREF(list);
    return chunk;
}

static Chunk *
learn(Core *core, int profile, const void *data, int kind, Py_ssize_t start, Py_ssize_t letters, uint64_t hash)
{
    PyObject *written = PyUnicode_FromKindAndData(kind, (const char *)data + (size_t)kind * (size_t)start, letters);
    if (!written)
        return NULL;
    PyObject *said = PyObject_CallFunction(core->learn, "Oii", written, profile, letters <= LONGEST_KEPT);
    Py_DECREF(written);
    if (!said)
        return NULL;
    Chunk *chunk = read_chunk(core, said, data, kind, start, (int32_t)letters, hash);
    Py_DECREF(said);
    if (!chunk)
        return NULL;
    if (letters > LONGEST_KEPT) {
        if (ROOM(core, passing, passing_room, core->passing_count + 1)) {
            PyMem_Free(chunk);
            return NULL;
        }
        core->passing[core->passing_count++] = chunk;
        return chunk;
    }
    Table *table = &core->tables[profile];
    if (widen(table)) {
        PyMem_Free(chunk);
        return NULL;
    }
    table->slots[slot_of(table, hash, data, kind, start, letters)] = chunk;
    table->used++;
    core->letters += letters;
    return chunk;
}

/* ── an article's chunks, features and occurrences ──────────────────────────────────────────────────────────────── */

static inline int
take_seat(Core *core, Chunk *chunk, Py_ssize_t start, int32_t number, int64_t words)
{
    if (ROOM(core, seats, seat_room, core->seat_count + 1))
        return -1;
    core->seats[core->seat_count++] = (Seat){chunk, (int32_t)start, number, words};
    const Pair *pairs = PAIRS(chunk);
    for (int32_t at = 0; at < chunk->pairs; at++) {
        Feature *feature = &core->features[pairs[at].feature];
        if (feature->stamp != core->now) {
            feature->stamp = core->now;
            feature->count = 0;
            if (ROOM(core, present, present_room, core->present_count + 1))
                return -1;
            core->present[core->present_count++] = pairs[at].feature;
        }
        feature->count++;
    }
    return 0;
}

/* Cut the text at its spaces and look every chunk up. */
static int
scan(Core *core, int profile)
{
    Table *table = &core->tables[profile];
    const void *data = core->data;
    const int kind = core->kind;
    int64_t words = 0;
    int32_t number = 0;
    Py_ssize_t at = 0, length = core->length;
    for (;; number++) {
        const Py_ssize_t start = at;
        uint64_t hash = HASH_START;
        if (kind == PyUnicode_1BYTE_KIND) {
            const unsigned char *letters = data;
            for (; at < length && letters[at] != ' '; at++) {
                hash = MIX(hash, letters[at]);
                hash ^= hash >> 29;
            }
        } else {
            for (; at < length; at++) {
                Py_UCS4 letter = PyUnicode_READ(kind, data, at);
                if (letter == ' ')
                    break;
                hash = MIX(hash, letter);
                hash ^= hash >> 29;
            }
        }
        hash = finish(hash);
        if (at > start) {
            Chunk *chunk = NULL;
            if (table->size)
                chunk = table->slots[slot_of(table, hash, data, kind, start, at - start)];
            if (!chunk) {
                chunk = learn(core, profile, data, kind, start, at - start, hash);
                if (!chunk)
                    return -1;
            }
            if (chunk->pairs && take_seat(core, chunk, start, number, words))
                return -1;
            words += chunk->width;
        }
        if (at >= core->body - 1 && start < core->body)
            words += FIELD_WORDS;   /* the title's last chunk ends here */
        if (at >= length)
            return 0;
        at++;
    }
}

/* Put the occurrences of each feature side by side, in order. */
static int
place(Core *core)
{
    Py_ssize_t total = 0;
    for (Py_ssize_t at = 0; at < core->present_count; at++) {
        Feature *feature = &core->features[core->present[at]];
        feature->offset = (int32_t)total;
        total += feature->count;
        feature->count = 0;
    }
    if (total > INT32_MAX) {
        PyErr_NoMemory();
        return -1;
    }
    if (ROOM(core, occurrences, occurrence_room, total))
        return -1;
    for (Py_ssize_t at = 0; at < core->seat_count; at++) {
        const Seat *seat = &core->seats[at];
        const Pair *pairs = PAIRS(seat->chunk);
        for (int32_t pair = 0; pair < seat->chunk->pairs; pair++) {
            Feature *feature = &core->features[pairs[pair].feature];
            const Cell *cell = &CELLS(seat->chunk)[pairs[pair].cell];
            int64_t first = seat->first + cell->place;
            core->occurrences[feature->offset + feature->count++] = (Occurrence){
                first, first + cell->width, seat->start + cell->start, seat->start + cell->end, seat->number, cell->joint, cell->glued};
        }
    }
    return 0;
}

/* ── patterns ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static inline int
there(const Core *core, int32_t feature)
{
    return feature == 0 || core->features[feature].stamp == core->now;
}

static int
may_stand(const Core *core, const Pattern *pattern)
{
    const Wanted *wanted = pattern->wanted;
    for (int32_t way = 0; way < pattern->ways; way++) {
        int32_t at = 0;
        while (at < pattern->lengths[way] && there(core, wanted[at].feature))
            at++;
        if (at == pattern->lengths[way])
            return 1;
        wanted += pattern->lengths[way];
    }
    return 0;
}

static int
can_end_sentence(Py_UCS4 letter)
{
    return letter == '.' || letter == '!' || letter == '?' || letter == '\n' || letter == 0x2026 || letter == 0x3002
        || letter == 0xFF01 || letter == 0xFF1F;
}

/* May this word of a phrase follow that one? -1 on an error. */
static int
may_follow(Core *core, const Wanted *wanted, const Occurrence *before, const Occurrence *after)
{
    if (wanted->free)
        return after->joint == FREE_JOINT;
    if (!wanted->sign) {
        if (after->start - before->end < 2)
            return 1;
        Py_ssize_t at = before->end;
        while (at < after->start && !can_end_sentence(PyUnicode_READ(core->kind, core->data, at)))
            at++;
        if (at == after->start)
            return 1;
    }
    PyObject *answer = PyObject_CallFunction(core->follows, "OiiiO", core->text, (int)before->start, (int)before->end,
                                             (int)after->start, wanted->sign ? wanted->sign : Py_None);
    if (!answer)
        return -1;
    int yes = PyObject_IsTrue(answer);
    Py_DECREF(answer);
    return yes;
}

#define ALIKE 16                  /* readings of one place: a word, its parts, letters and digits over a hyphen */

/* The last word of the phrase whose first word is `begin`: 1 and `end`, 0 when there is none, -1 on an error. */
static int
follow(Core *core, const Wanted *wanted, int32_t length, const Occurrence *begin, const Occurrence **end)
{
    const Occurrence *here[ALIKE], *next[ALIKE];
    int count = 1;
    here[0] = begin;
    for (int32_t at = 1; at < length; at++) {
        const Feature *feature = &core->features[wanted[at].feature];
        const Occurrence *first = core->occurrences + feature->offset, *last = first + feature->count;
        int reached = 0;
        for (int one = 0; one < count; one++) {
            const Occurrence *low = first, *high = last;
            while (low < high) {
                const Occurrence *middle = low + (high - low) / 2;
                if (middle->first < here[one]->behind)
                    low = middle + 1;
                else
                    high = middle;
            }
            for (; low < last && low->first == here[one]->behind; low++) {
                int yes = may_follow(core, &wanted[at], here[one], low);
                if (yes < 0)
                    return -1;
                if (!yes)
                    continue;
                int known = 0;
                while (known < reached && next[known] != low)
                    known++;
                if (known < reached)      /* reached before: it counts where it is reached last */
                    memmove(&next[known], &next[known + 1], sizeof(*next) * (size_t)(--reached - known));
                else if (reached == ALIKE)
                    memmove(&next[0], &next[1], sizeof(*next) * (size_t)(--reached));
                next[reached++] = low;
            }
        }
        if (!reached)
            return 0;
        memcpy(here, next, sizeof(*here) * (size_t)reached);
        count = reached;
    }
    *end = here[count - 1];
    return 1;
}

/* Found places without overlaps, the longer of two that begin together; a doubled word is one. */
static Py_ssize_t
apart(Core *core, Found *found, Py_ssize_t count, int merge)
{
    for (Py_ssize_t at = 1; at < count; at++) {           /* nearly in order: the ways follow each other */
        Found one = found[at];
        Py_ssize_t to = at;
        if (found[to - 1].start <= one.start)
            continue;
        Py_ssize_t low = 0, high = at;
        while (low < high) {
            Py_ssize_t middle = (low + high) / 2;
            if (found[middle].start <= one.start)
                low = middle + 1;
            else
                high = middle;
        }
        memmove(&found[low + 1], &found[low], sizeof(Found) * (size_t)(at - low));
        found[low] = one;
    }
    Py_ssize_t kept = 1;
    for (Py_ssize_t at = 1; at < count; at++) {
        Found *last = &found[kept - 1], *one = &found[at];
        if (one->start >= last->end) {
            Py_UCS4 between = one->start == last->end + 1 ? PyUnicode_READ(core->kind, core->data, last->end) : 0;
            int hyphen = between == '-' || between == 0x2010 || between == 0x2011 || between == 0x2013;
            if (merge && hyphen && one->first_chunk == last->last_chunk) {
                last->end = one->end;
                last->behind = one->behind;
                last->last_chunk = one->last_chunk;
                last->glued |= one->glued;
            } else
                found[kept++] = *one;
        } else if (one->start == last->start && one->end > last->end)
            *last = *one;
    }
    return kept;
}

static int
merge_ways(Core *core, Py_ssize_t from, Py_ssize_t middle)
{
    /* Two sorted runs, the first way's and the next one's: merged, equal starts in the order of the ways. */
    Py_ssize_t count = core->found_count - from, left = middle - from;
    if (!left || middle == core->found_count || core->found[middle - 1].start <= core->found[middle].start)
        return 0;
    Found *copy = PyMem_Malloc(sizeof(Found) * (size_t)count);
    if (!copy) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(copy, core->found + from, sizeof(Found) * (size_t)count);
    Py_ssize_t one = 0, other = left, to = from;
    while (one < left || other < count)
        core->found[to++] = other == count || (one < left && copy[one].start <= copy[other].start) ? copy[one++] : copy[other++];
    PyMem_Free(copy);
    return 0;
}

/* Find a pattern in the article, once: its places are core->found[first_found …]. */
static int
search(Core *core, int32_t number)
{
    Pattern *pattern = &core->patterns[number];
    if (pattern->stamp == core->now)
        return 0;
    const Py_ssize_t from = core->found_count;
    const Wanted *wanted = pattern->wanted;
    for (int32_t way = 0; way < pattern->ways; wanted += pattern->lengths[way], way++) {
        const int32_t length = pattern->lengths[way];
        int32_t at = 0;
        while (at < length && there(core, wanted[at].feature))
            at++;
        if (at < length)
            continue;
        const Py_ssize_t middle = core->found_count;
        const Feature *feature = &core->features[wanted[0].feature];
        for (int32_t one = 0; one < feature->count; one++) {
            const Occurrence *begin = core->occurrences + feature->offset + one, *end = begin;
            if (length > 1) {
                int yes = follow(core, wanted, length, begin, &end);
                if (yes < 0)
                    return -1;
                if (!yes)
                    continue;
            }
            if (pattern->signs) {
                PyObject *answer = PyObject_CallFunction(core->signs_stand, "OnOii", core->text, core->body, pattern->signs,
                                                         (int)begin->start, (int)end->end);
                if (!answer)
                    return -1;
                int yes = PyObject_IsTrue(answer);
                Py_DECREF(answer);
                if (yes < 0)
                    return -1;
                if (!yes)
                    continue;
            }
            if (ROOM(core, found, found_room, core->found_count + 1))
                return -1;
            core->found[core->found_count++] = (Found){
                begin->first, end->behind, begin->start, end->end, begin->chunk, end->chunk, number, begin->glued | end->glued, NULL};
        }
        if (way && merge_ways(core, from, middle))
            return -1;
    }
    Py_ssize_t count = core->found_count - from;
    if (count > 1) {
        count = apart(core, core->found + from, count, pattern->merge);
        core->found_count = from + count;
    }
    if (count > INT32_MAX) {
        PyErr_NoMemory();
        return -1;
    }
    pattern->first_found = from;
    pattern->found = (int32_t)count;
    pattern->stamp = core->now;
    return 0;
}

/* ── steps ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A query as code, each step with its length first:
     [length, TERM, pattern, scope, times]   [length, AND|OR, steps…]   [length, NOT, step]
     [length, NEAR, distance, ordered, left, right]   [length, META, features…] */

/* Could it hold, by the words that are there? Without looking where they stand. */
static int
may_hold(const Core *core, const int32_t *code)
{
    const int32_t *end = code + code[0];
    switch (code[1]) {
    case TERM:
        return may_stand(core, &core->patterns[code[2]]);
    case AND:
        for (const int32_t *part = code + 2; part < end; part += part[0])
            if (!may_hold(core, part))
                return 0;
        return 1;
    case OR:
        for (const int32_t *part = code + 2; part < end; part += part[0])
            if (may_hold(core, part))
                return 1;
        return 0;
    case NEAR:
        return may_hold(core, code + 4) && may_hold(core, code + 4 + code[4]);
    case META:
        for (const int32_t *feature = code + 2; feature < end; feature++)
            if (!there(core, *feature))
                return 0;
        return 1;
    default:
        return 1;
    }
}

static Py_ssize_t
lead_end(Core *core)
{
    if (core->lead < 0) {
        Py_ssize_t begin = core->body;
        while (begin < core->length && Py_UNICODE_ISSPACE(PyUnicode_READ(core->kind, core->data, begin)))
            begin++;
        Py_ssize_t at = begin, most = begin + LEAD_LETTERS;
        while (at < core->length && at < most && PyUnicode_READ(core->kind, core->data, at) != '\n')
            at++;
        core->lead = at < core->length && at < most ? at : most;
    }
    return core->lead;
}

static int
push(Core *core, int32_t found)
{
    if (ROOM(core, stack, stack_room, core->stack_count + 1))
        return -1;
    core->stack[core->stack_count++] = found;
    return 0;
}

static int
by_number(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

static Py_ssize_t
count_below(const int64_t *sorted, Py_ssize_t count, int64_t value)
{
    Py_ssize_t low = 0, high = count;
    while (low < high) {
        Py_ssize_t middle = (low + high) / 2;
        if (sorted[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Of the places ones[0 … count), keep those with one of the others after them (forward) or before them (backward). */
static int
meet(Core *core, Py_ssize_t ones, Py_ssize_t count, Py_ssize_t others, Py_ssize_t other_count, int32_t distance, int forward,
     int backward)
{
    if (ROOM(core, sorting, sorting_room, 2 * other_count))
        return -1;
    int64_t *starts = core->sorting, *ends = core->sorting + other_count;
    for (Py_ssize_t at = 0; at < other_count; at++) {
        const Found *found = &core->found[core->stack[others + at]];
        starts[at] = found->first;
        ends[at] = found->behind;
    }
    qsort(starts, (size_t)other_count, sizeof(int64_t), by_number);
    qsort(ends, (size_t)other_count, sizeof(int64_t), by_number);
    for (Py_ssize_t at = 0; at < count; at++) {
        const int32_t number = core->stack[ones + at];
        const Found *found = &core->found[number];
        int met = forward && count_below(starts, other_count, found->behind) < count_below(starts, other_count, found->behind + distance);
        met = met || (backward && count_below(ends, other_count, found->first - distance + 1) < count_below(ends, other_count, found->first + 1));
        if (met && push(core, number))
            return -1;
    }
    return 0;
}

/* Does the step hold? Its places are then on the stack. 1 yes, 0 no (and nothing on the stack), -1 an error. */
static int
ask(Core *core, const int32_t *code)
{
    const int32_t *end = code + code[0];
    const Py_ssize_t base = core->stack_count;
    switch (code[1]) {
    case TERM: {
        if (!may_stand(core, &core->patterns[code[2]]))
            return 0;
        if (search(core, code[2]))
            return -1;
        const Pattern *pattern = &core->patterns[code[2]];
        const int32_t scope = code[3];
        for (int32_t at = 0; at < pattern->found; at++) {
            const Found *found = &core->found[pattern->first_found + at];
            if (scope == TITLE ? found->start >= core->body
                               : scope != ANYWHERE && (found->start < core->body
                                                       || found->end > (scope == LEAD ? lead_end(core) : core->length)))
                continue;
            if (push(core, (int32_t)(pattern->first_found + at)))
                return -1;
        }
        if (core->stack_count - base >= code[4])
            return 1;
        core->stack_count = base;
        return 0;
    }
    case AND:
        for (const int32_t *part = code + 2; part < end; part += part[0]) {
            int yes = ask(core, part);
            if (yes <= 0) {
                core->stack_count = base;
                return yes;
            }
        }
        return 1;
    case OR: {
        int held = 0;
        for (const int32_t *part = code + 2; part < end; part += part[0]) {
            int yes = ask(core, part);
            if (yes < 0)
                return -1;
            held |= yes;
        }
        return held;
    }
    case NOT: {
        int yes = ask(core, code + 2);
        core->stack_count = base;
        return yes < 0 ? -1 : !yes;
    }
    case NEAR: {
        int yes = ask(core, code + 4);
        const Py_ssize_t middle = core->stack_count;
        if (yes > 0 && middle > base)
            yes = ask(core, code + 4 + code[4]);
        const Py_ssize_t top = core->stack_count;
        if (yes <= 0 || middle == base || top == middle) {
            core->stack_count = base;
            return yes < 0 ? -1 : 0;
        }
        const int ordered = code[3];
        if (meet(core, base, middle - base, middle, top - middle, code[2], 1, !ordered))
            return -1;
        if (core->stack_count > top && meet(core, middle, top - middle, base, middle - base, code[2], !ordered, 1))
            return -1;
        const Py_ssize_t met = core->stack_count - top;
        memmove(core->stack + base, core->stack + top, sizeof(*core->stack) * (size_t)met);
        core->stack_count = base + met;
        return met > 0;
    }
    default:
        return may_hold(core, code);
    }
}

/* ── what is answered ───────────────────────────────────────────────────────────────────────────────────────────── */

static PyObject *
make_hit(Core *core, PyObject *term, int32_t start, int32_t end, int glued)
{
    static PyObject *title = NULL, *body = NULL;
    if (!title && !(title = PyUnicode_InternFromString("title")))
        return NULL;
    if (!body && !(body = PyUnicode_InternFromString("body")))
        return NULL;
    const int in_title = start < core->body;
    const Py_ssize_t before = in_title ? 0 : core->body;
    const int as_written = PyUnicode_KIND(term) == core->kind && PyUnicode_GET_LENGTH(term) == end - start
        && memcmp(PyUnicode_DATA(term), (const char *)core->data + (size_t)core->kind * (size_t)start,
                  (size_t)core->kind * (size_t)(end - start)) == 0;
    PyObject *parts[6] = {
        Py_NewRef(term), Py_NewRef(in_title ? title : body), PyLong_FromSsize_t(start - before), PyLong_FromSsize_t(end - before),
        as_written ? Py_NewRef(term) : PyUnicode_Substring(core->text, start, end), PyBool_FromLong(glued)};
    PyObject *hit = NULL;
    if (parts[2] && parts[3] && parts[4]) {
        if (core->slots[0] >= 0) {
            PyTypeObject *type = (PyTypeObject *)core->hit_type;
            if ((hit = type->tp_alloc(type, 0)) != NULL) {
                for (int at = 0; at < 6; at++)
                    *(PyObject **)((char *)hit + core->slots[at]) = parts[at];
                PyObject_GC_UnTrack(hit);     /* texts and numbers are in no cycle */
                return hit;
            }
        } else
            hit = PyObject_CallFunctionObjArgs(core->hit_type, parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], NULL);
    }
    for (int at = 0; at < 6; at++)
        Py_XDECREF(parts[at]);
    return hit;
}

static PyObject *
hit_of(Core *core, int32_t number)
{
    Found *found = &core->found[number];
    if (!found->hit)
        found->hit = make_hit(core, core->patterns[found->pattern].text, found->start, found->end, found->glued);
    return Py_XNewRef(found->hit);
}

/* Places in the order of the text: by start, end and then the term's letters. */
static int
before(const Core *core, int32_t one, int32_t other)
{
    const Found *a = &core->found[one], *b = &core->found[other];
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->end != b->end)
        return a->end < b->end ? -1 : 1;
    if (a->pattern == b->pattern)
        return 0;
    return PyUnicode_Compare(core->patterns[a->pattern].text, core->patterns[b->pattern].text);
}

static void
sort_stack(const Core *core, int32_t *numbers, int32_t *spare, Py_ssize_t count)
{
    if (count < 2)
        return;
    int sorted = 1;
    for (Py_ssize_t at = 1; at < count && sorted; at++)
        sorted = before(core, numbers[at - 1], numbers[at]) <= 0;
    if (sorted)
        return;
    const Py_ssize_t half = count / 2;
    sort_stack(core, numbers, spare, half);
    sort_stack(core, numbers + half, spare, count - half);
    memcpy(spare, numbers, sizeof(*numbers) * (size_t)count);
    Py_ssize_t one = 0, other = half, to = 0;
    while (one < half || other < count)
        numbers[to++] = other == count || (one < half && before(core, spare[one], spare[other]) <= 0) ? spare[one++] : spare[other++];
}

/* The places on the stack as a tuple of hits, in order, each once. */
static PyObject *
hits(Core *core)
{
    Py_ssize_t count = core->stack_count;
    if (ROOM(core, stack, stack_room, 2 * count))
        return NULL;
    sort_stack(core, core->stack, core->stack + count, count);
    Py_ssize_t kept = 0;
    for (Py_ssize_t at = 0; at < count; at++) {
        if (kept && before(core, core->stack[kept - 1], core->stack[at]) == 0)
            core->stack[kept - 1] = core->stack[at];
        else
            core->stack[kept++] = core->stack[at];
    }
    PyObject *tuple = PyTuple_New(kept);
    for (Py_ssize_t at = 0; tuple && at < kept; at++) {
        PyObject *hit = hit_of(core, core->stack[at]);
        if (!hit)
            Py_CLEAR(tuple);
        else
            PyTuple_SET_ITEM(tuple, at, hit);
    }
    return tuple;
}

/* Does no occurrence lie on the one before it, or double it (sanksi-sanksi)? */
static int
all_apart(const Core *core, const Feature *feature)
{
    const Occurrence *one = core->occurrences + feature->offset;
    for (int32_t at = 1; at < feature->count; at++)
        if (one[at].start < one[at - 1].end || (one[at].chunk == one[at - 1].chunk && one[at].start == one[at - 1].end + 1))
            return 0;
    return 1;
}

static int
answer(Core *core, int32_t number, PyObject *matches)
{
    Query *query = &core->queries[number];
    PyObject *tuple = NULL;
    if (query->word && all_apart(core, &core->features[query->filed->query])) {
        const Feature *feature = &core->features[query->filed->query];
        tuple = PyTuple_New(feature->count);
        for (int32_t at = 0; tuple && at < feature->count; at++) {
            const Occurrence *one = core->occurrences + feature->offset + at;
            PyObject *hit = make_hit(core, query->word, one->start, one->end, one->glued);
            if (!hit)
                Py_CLEAR(tuple);
            else
                PyTuple_SET_ITEM(tuple, at, hit);
        }
    } else {
        if (!may_hold(core, query->code))
            return 0;
        core->stack_count = 0;
        int yes = ask(core, query->code);
        if (yes <= 0)
            return yes;
        tuple = hits(core);
    }
    if (!tuple)
        return -1;
    int failed = PyDict_SetItem(matches, query->key, tuple);
    Py_DECREF(tuple);
    return failed;
}

/* The queries with a pair of features that is there; one filed under several pairs may come several times. */
static int
find_candidates(Core *core)
{
    core->candidate_count = 0;
    for (Py_ssize_t at = 0; at < core->present_count; at++) {
        if (at + AHEAD < core->present_count)
            PREFETCH(core->features[core->present[at + AHEAD]].filings);
        const Feature *feature = &core->features[core->present[at]];
        const Filing *filings = feature->filings;
        if (ROOM(core, candidates, candidate_room, core->candidate_count + feature->filed))
            return -1;
        for (int32_t one = 0; one < feature->filed; one++)
            if (there(core, filings[one].second))
                core->candidates[core->candidate_count++] = filings[one].query;
    }
    return 0;
}

static void
clear_scratch(Core *core)
{
    for (Py_ssize_t at = 0; at < core->found_count; at++)
        Py_CLEAR(core->found[at].hit);
    for (Py_ssize_t at = 0; at < core->passing_count; at++)
        PyMem_Free(core->passing[at]);
    core->found_count = core->passing_count = core->seat_count = core->present_count = 0;
    core->busy = 0;
    Py_CLEAR(core->text);
}

static int
idle(Core *core)
{
    if (core->busy) {
        PyErr_SetString(PyExc_RuntimeError, "the index is being asked, and cannot be changed or asked at the same time");
        return 0;
    }
    return 1;
}

PyDoc_STRVAR(match_doc,
    "match(text, body, profile, about)\n--\n\n"
    "The queries that an article answers, by key, each with its hits. `text`: title, space and body; `body`: where the body begins\n"
    "in it; `about`: the features of what is known besides the text.");

static PyObject *
core_match(Core *core, PyObject *args)
{
    PyObject *text, *about;
    Py_ssize_t body;
    int profile;
    if (!PyArg_ParseTuple(args, "UniO!", &text, &body, &profile, &PyList_Type, &about) || !idle(core))
        return NULL;
    if (profile < 0 || profile >= PROFILES || body < 1 || body > PyUnicode_GET_LENGTH(text) || PyUnicode_GET_LENGTH(text) > INT32_MAX / 2) {
        PyErr_SetString(PyExc_ValueError, "no such profile, no place in the text, or a text of over 2**30 letters");
        return NULL;
    }
    if (core->now == UINT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "this index has been asked 2**32 times; make it anew");
        return NULL;
    }
    PyObject *matches = PyDict_New();
    if (!matches)
        return NULL;
    core->busy = 1;
    core->now++;
    core->text = Py_NewRef(text);
    core->data = PyUnicode_DATA(text);
    core->kind = PyUnicode_KIND(text);
    core->length = PyUnicode_GET_LENGTH(text);
    core->body = body;
    core->lead = -1;
    if (scan(core, profile))
        goto failed;
    for (Py_ssize_t at = 0; at < PyList_GET_SIZE(about); at++) {
        int32_t feature;
        if (to_int(about, at, 1, core->feature_count - 1, &feature) || ROOM(core, present, present_room, core->present_count + 1))
            goto failed;
        if (core->features[feature].stamp != core->now) {
            core->features[feature].stamp = core->now;
            core->features[feature].count = 0;
            core->present[core->present_count++] = feature;
        }
    }
    if (find_candidates(core) || (core->candidate_count && place(core)))
        goto failed;
    for (Py_ssize_t at = 0; at < core->candidate_count; at++) {
        if (at + 2 * AHEAD < core->candidate_count)
            PREFETCH(&core->queries[core->candidates[at + 2 * AHEAD]]);
        if (at + AHEAD < core->candidate_count) {
            const Query *next = &core->queries[core->candidates[at + AHEAD]];
            PREFETCH(next->key);
            PREFETCH(next->word ? (const void *)next->word : (const void *)next->code);
        }
        Query *query = &core->queries[core->candidates[at]];
        if (query->stamp == core->now)
            continue;
        query->stamp = core->now;
        if (answer(core, core->candidates[at], matches))
            goto failed;
    }
    clear_scratch(core);
    return matches;
failed:
    clear_scratch(core);
    Py_DECREF(matches);
    return NULL;
}

/* ── features, patterns and queries come and go ─────────────────────────────────────────────────────────────────── */

PyDoc_STRVAR(feature_doc, "feature()\n--\n\nThe number of a new feature, 1 or more.");

static PyObject *
core_feature(Core *core, PyObject *Py_UNUSED(none))
{
    if (!idle(core))
        return NULL;
    int32_t number;
    if (core->free_count)
        number = core->free_features[--core->free_count];
    else {
        if (ROOM(core, features, feature_room, core->feature_count + 1))
            return NULL;
        number = core->feature_count++;
    }
    memset(&core->features[number], 0, sizeof(Feature));
    return PyLong_FromLong(number);
}

PyDoc_STRVAR(pattern_doc,
    "pattern(text, ways, merge, signs)\n--\n\n"
    "The number of a new pattern. `ways`: tuples of (feature, free, sign or None), each a sequence of words; `merge`: a doubled word is\n"
    "one hit; `signs`: what the callback of that name gets to see, or None.");

static PyObject *
core_pattern(Core *core, PyObject *args)
{
    PyObject *text, *ways, *signs;
    int merge;
    if (!PyArg_ParseTuple(args, "UO!pO", &text, &PyTuple_Type, &ways, &merge, &signs) || !idle(core))
        return NULL;
    Pattern pattern = {.ways = (int32_t)PyTuple_GET_SIZE(ways), .merge = merge};
    Py_ssize_t words = 0, at = 0;
    for (int32_t way = 0; way < pattern.ways; way++) {
        PyObject *sequence = PyTuple_GET_ITEM(ways, way);
        if (!PyTuple_Check(sequence) || !PyTuple_GET_SIZE(sequence)) {
            PyErr_SetString(PyExc_ValueError, "a way is a tuple of words, one at least");
            return NULL;
        }
        words += PyTuple_GET_SIZE(sequence);
    }
    pattern.wanted = PyMem_Calloc((size_t)(words ? words : 1), sizeof(Wanted));
    pattern.lengths = PyMem_Calloc((size_t)(pattern.ways ? pattern.ways : 1), sizeof(int32_t));
    if (!pattern.wanted || !pattern.lengths) {
        PyErr_NoMemory();
        goto failed;
    }
    for (int32_t way = 0; way < pattern.ways; way++) {
        PyObject *sequence = PyTuple_GET_ITEM(ways, way);
        pattern.lengths[way] = (int32_t)PyTuple_GET_SIZE(sequence);
        for (Py_ssize_t one = 0; one < PyTuple_GET_SIZE(sequence); one++, at++) {
            int feature, free;
            PyObject *sign;
            if (!PyArg_ParseTuple(PyTuple_GET_ITEM(sequence, one), "ipO", &feature, &free, &sign))
                goto failed;
            if (feature < 1 || feature >= core->feature_count) {
                PyErr_SetString(PyExc_ValueError, "there is no such feature");
                goto failed;
            }
            pattern.wanted[at] = (Wanted){feature, free, sign == Py_None ? NULL : sign};
        }
    }
    int32_t number;
    if (core->free_pattern_count)
        number = core->free_patterns[--core->free_pattern_count];
    else {
        if (ROOM(core, patterns, pattern_room, core->pattern_count + 1))
            goto failed;
        number = core->pattern_count++;
    }
    for (at = 0; at < words; at++) {
        Py_XINCREF(pattern.wanted[at].sign);
        core->features[pattern.wanted[at].feature].refs++;
    }
    pattern.text = Py_NewRef(text);
    pattern.signs = signs == Py_None ? NULL : Py_NewRef(signs);
    core->patterns[number] = pattern;
    return PyLong_FromLong(number);
failed:
    PyMem_Free(pattern.wanted);
    PyMem_Free(pattern.lengths);
    return NULL;
}

static void
free_pattern(Core *core, Pattern *pattern)
{
    const Wanted *wanted = pattern->wanted;
    for (int32_t way = 0; way < pattern->ways; way++)
        for (int32_t at = 0; at < pattern->lengths[way]; at++, wanted++) {
            core->features[wanted->feature].refs--;
            Py_XDECREF(wanted->sign);
        }
    PyMem_Free(pattern->wanted);
    PyMem_Free(pattern->lengths);
    Py_CLEAR(pattern->text);
    Py_CLEAR(pattern->signs);
    pattern->wanted = NULL;
    pattern->lengths = NULL;
    pattern->ways = 0;
}

/* Is this whole and right? Its length, or -1. */
static int32_t
checked(const Core *core, const int32_t *code, int32_t left, int depth)
{
    if (depth > 2000 || left < 2 || code[0] < 2 || code[0] > left)
        return -1;
    const int32_t length = code[0];
    int32_t at = 2, parts = 0;
    switch (code[1]) {
    case TERM:
        return length == 5 && code[2] >= 0 && code[2] < core->pattern_count && core->patterns[code[2]].text && code[3] >= ANYWHERE
            && code[3] <= BODY && code[4] >= 1 ? length : -1;
    case META:
        for (; at < length; at++)
            if (code[at] < 1 || code[at] >= core->feature_count)
                return -1;
        return length;
    case NEAR:
        if (length < 4 || code[2] < 1)
            return -1;
        at = 4;
        break;
    case AND: case OR: case NOT:
        break;
    default:
        return -1;
    }
    while (at < length) {
        int32_t part = checked(core, code + at, length - at, depth + 1);
        if (part < 0)
            return -1;
        at += part;
        parts++;
    }
    return (code[1] == NEAR && parts != 2) || (code[1] == NOT && parts != 1) || !parts ? -1 : length;
}

/* Count the patterns and features that the code names up or down; those that nobody names any more go to `freed`. */
static int
count_refs(Core *core, const int32_t *code, int by, PyObject *freed)
{
    const int32_t *end = code + code[0];
    if (code[1] == TERM) {
        Pattern *pattern = &core->patterns[code[2]];
        pattern->refs += by;
        if (by < 0 && !pattern->refs) {
            PyObject *number = PyLong_FromLong(code[2]);
            int failed = !number || PyList_Append(freed, number);
            Py_XDECREF(number);
            if (ROOM(core, free_patterns, free_pattern_room, core->free_pattern_count + 1))
                return -1;
            free_pattern(core, pattern);
            core->free_patterns[core->free_pattern_count++] = code[2];
            return failed ? -1 : 0;
        }
        return 0;
    }
    if (code[1] == META) {
        for (const int32_t *feature = code + 2; feature < end; feature++)
            core->features[*feature].refs += by;
        return 0;
    }
    for (const int32_t *part = code + (code[1] == NEAR ? 4 : 2); part < end; part += part[0])
        if (count_refs(core, part, by, freed))
            return -1;
    return 0;
}

PyDoc_STRVAR(add_doc,
    "add(key, code, filed)\n--\n\n"
    "Store a query; its number. `code`: its steps as numbers; `filed`: first and second feature in turn, a second one of 0 is in every\n"
    "article.");

static PyObject *
core_add(Core *core, PyObject *args)
{
    PyObject *key, *code, *filed;
    if (!PyArg_ParseTuple(args, "OO!O!", &key, &PyList_Type, &code, &PyList_Type, &filed) || !idle(core))
        return NULL;
    Query query = {.length = (int32_t)PyList_GET_SIZE(code), .filings = (int32_t)(PyList_GET_SIZE(filed) / 2)};
    query.code = PyMem_Malloc(sizeof(int32_t) * (size_t)(query.length + 1));
    query.filed = PyMem_Malloc(sizeof(Filing) * (size_t)(query.filings + 1));
    if (!query.code || !query.filed) {
        PyErr_NoMemory();
        goto failed;
    }
    for (int32_t at = 0; at < query.length; at++)
        if (to_int(code, at, 0, INT32_MAX, &query.code[at]))
            goto failed;
    if (checked(core, query.code, query.length, 0) != query.length) {
        PyErr_SetString(PyExc_ValueError, "this is no query's code");
        goto failed;
    }
    int32_t number;
    if (core->free_query_count)
        number = core->free_queries[core->free_query_count - 1];
    else {
        if (ROOM(core, queries, query_room, core->query_count + 1))
            goto failed;
        number = core->query_count;
    }
    for (int32_t at = 0; at < query.filings; at++)
        if (to_int(filed, 2 * at, 1, core->feature_count - 1, &query.filed[at].query)
            || to_int(filed, 2 * at + 1, 0, core->feature_count - 1, &query.filed[at].second))
            goto failed;
    for (int32_t at = 0; at < query.filings; at++) {
        Feature *feature = &core->features[query.filed[at].query];
        if (grow(&feature->filings, &feature->room, 0, feature->filed + 1, sizeof(Filing))) {
            while (at--)
                core->features[query.filed[at].query].filed--;
            goto failed;
        }
        feature->filings[feature->filed++] = (Filing){query.filed[at].second, number};
    }
    for (int32_t at = 0; at < query.filings; at++) {
        core->features[query.filed[at].query].refs++;
        core->features[query.filed[at].second].refs++;
    }
    count_refs(core, query.code, 1, NULL);
    if (query.code[1] == TERM && query.code[3] == ANYWHERE && query.code[4] == 1 && query.filings == 1) {
        const Pattern *pattern = &core->patterns[query.code[2]];
        if (pattern->ways == 1 && pattern->lengths[0] == 1 && !pattern->signs && pattern->wanted->feature == query.filed->query)
            query.word = pattern->text;
    }
    query.key = Py_NewRef(key);
    core->queries[number] = query;
    if (core->free_query_count)
        core->free_query_count--;
    else
        core->query_count++;
    return PyLong_FromLong(number);
failed:
    PyMem_Free(query.code);
    PyMem_Free(query.filed);
    return NULL;
}

PyDoc_STRVAR(remove_doc, "remove(number)\n--\n\nForget a query; the numbers of the patterns that no query has any more.");

static PyObject *
core_remove(Core *core, PyObject *which)
{
    long number = PyLong_AsLong(which);
    if ((number == -1 && PyErr_Occurred()) || !idle(core))
        return NULL;
    if (number < 0 || number >= core->query_count || !core->queries[number].key) {
        PyErr_SetString(PyExc_KeyError, "there is no such query");
        return NULL;
    }
    PyObject *freed = PyList_New(0);
    if (!freed || ROOM(core, free_queries, free_query_room, core->free_query_count + 1)) {
        Py_XDECREF(freed);
        return NULL;
    }
    Query *query = &core->queries[number];
    for (int32_t at = 0; at < query->filings; at++) {
        Feature *feature = &core->features[query->filed[at].query];
        for (int32_t one = 0; one < feature->filed; one++)
            if (feature->filings[one].query == number && feature->filings[one].second == query->filed[at].second) {
                feature->filings[one] = feature->filings[--feature->filed];
                break;
            }
        feature->refs--;
        core->features[query->filed[at].second].refs--;
    }
    int failed = count_refs(core, query->code, -1, freed);
    PyMem_Free(query->code);
    PyMem_Free(query->filed);
    PyObject *key = query->key;
    memset(query, 0, sizeof(Query));
    core->free_queries[core->free_query_count++] = (int32_t)number;
    Py_DECREF(key);
    if (failed)
        Py_CLEAR(freed);
    return freed;
}

PyDoc_STRVAR(unused_doc, "unused()\n--\n\nThe features that nothing refers to any more.");

static PyObject *
core_unused(Core *core, PyObject *Py_UNUSED(none))
{
    PyObject *list = PyList_New(0);
    for (int32_t at = 1; list && at < core->feature_count; at++)
        if (core->features[at].refs == 0) {
            PyObject *number = PyLong_FromLong(at);
            if (!number || PyList_Append(list, number))
                Py_CLEAR(list);
            Py_XDECREF(number);
        }
    return list;
}

static void
forget_chunks(Core *core)
{
    for (int profile = 0; profile < PROFILES; profile++)
        empty(&core->tables[profile]);
    core->letters = 0;
}

PyDoc_STRVAR(free_doc, "free(features)\n--\n\nGive up features that nothing refers to; every chunk is forgotten.");

static PyObject *
core_free(Core *core, PyObject *features)
{
    if (!idle(core))
        return NULL;
    if (!PyList_Check(features)) {
        PyErr_SetString(PyExc_TypeError, "a list of features");
        return NULL;
    }
    forget_chunks(core);
    for (Py_ssize_t at = 0; at < PyList_GET_SIZE(features); at++) {
        int32_t number;
        if (to_int(features, at, 1, core->feature_count - 1, &number) || ROOM(core, free_features, free_room, core->free_count + 1))
            return NULL;
        Feature *feature = &core->features[number];
        if (feature->refs) {
            PyErr_SetString(PyExc_ValueError, "something refers to this feature");
            return NULL;
        }
        PyMem_Free(feature->filings);
        memset(feature, 0, sizeof(Feature));
        feature->refs = -1;       /* free, and not unused */
        core->free_features[core->free_count++] = number;
    }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(forget_doc, "forget(chunk, profile)\n--\n\nForget what a chunk of text has: a new feature may be in it. True if it was known.");

static PyObject *
core_forget(Core *core, PyObject *args)
{
    PyObject *written;
    int profile;
    if (!PyArg_ParseTuple(args, "Ui", &written, &profile) || !idle(core))
        return NULL;
    if (profile < 0 || profile >= PROFILES) {
        PyErr_SetString(PyExc_ValueError, "no such profile");
        return NULL;
    }
    Table *table = &core->tables[profile];
    const void *data = PyUnicode_DATA(written);
    const int kind = PyUnicode_KIND(written);
    const Py_ssize_t letters = PyUnicode_GET_LENGTH(written);
    if (!table->size)
        Py_RETURN_FALSE;
    size_t slot = slot_of(table, hash_of(data, kind, 0, letters), data, kind, 0, letters);
    if (!table->slots[slot])
        Py_RETURN_FALSE;
    PyMem_Free(table->slots[slot]);
    table->slots[slot] = NULL;
    table->used--;
    core->letters -= letters;
    for (size_t next = (slot + 1) & (table->size - 1); table->slots[next]; next = (next + 1) & (table->size - 1)) {
        size_t home = (size_t)table->slots[next]->hash & (table->size - 1);
        if (((next - home) & (table->size - 1)) >= ((next - slot) & (table->size - 1))) {
            table->slots[slot] = table->slots[next];
            table->slots[next] = NULL;
            slot = next;
        }
    }
    Py_RETURN_TRUE;
}

PyDoc_STRVAR(forget_all_doc, "forget_all()\n--\n\nForget every chunk.");

static PyObject *
core_forget_all(Core *core, PyObject *Py_UNUSED(none))
{
    if (!idle(core))
        return NULL;
    forget_chunks(core);
    Py_RETURN_NONE;
}

PyDoc_STRVAR(common_doc,
    "common(text)\n--\n\nHow many different words of the two lists given to the constructor stand in the text, between its spaces.");

static PyObject *
core_common(Core *core, PyObject *text)
{
    if (!PyUnicode_Check(text)) {
        PyErr_SetString(PyExc_TypeError, "a text");
        return NULL;
    }
    const void *data = PyUnicode_DATA(text);
    const int kind = PyUnicode_KIND(text);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    uint64_t met[2] = {0, 0};
    for (Py_ssize_t at = 0; at < length; at++) {
        const Py_ssize_t start = at;
        while (at < length && PyUnicode_READ(kind, data, at) != ' ')
            at++;
        if (at == start || at - start > 8)        /* the common words are short */
            continue;
        const uint64_t hash = hash_of(data, kind, start, at);
        for (int list = 0; list < 2; list++)
            for (int32_t one = 0; one < core->common_count[list]; one++)
                if (core->common[list][one] == hash)
                    met[list] |= (uint64_t)1 << one;
    }
    int counts[2] = {0, 0};
    for (int list = 0; list < 2; list++)
        for (; met[list]; met[list] &= met[list] - 1)
            counts[list]++;
    return Py_BuildValue("ii", counts[0], counts[1]);
}

/* ── the type ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static int
core_traverse(Core *core, visitproc visit, void *arg)
{
    Py_VISIT(core->learn);
    Py_VISIT(core->follows);
    Py_VISIT(core->signs_stand);
    Py_VISIT(core->hit_type);
    return 0;
}

static int
core_clear(Core *core)
{
    Py_CLEAR(core->learn);
    Py_CLEAR(core->follows);
    Py_CLEAR(core->signs_stand);
    Py_CLEAR(core->hit_type);
    return 0;
}

static void
core_dealloc(Core *core)
{
    PyObject_GC_UnTrack(core);
    core_clear(core);
    clear_scratch(core);
    forget_chunks(core);
    for (int32_t at = 0; at < core->query_count; at++) {
        PyMem_Free(core->queries[at].code);
        PyMem_Free(core->queries[at].filed);
        Py_XDECREF(core->queries[at].key);
    }
    for (int32_t at = 0; at < core->pattern_count; at++)
        if (core->patterns[at].wanted)
            free_pattern(core, &core->patterns[at]);
    for (int32_t at = 0; at < core->feature_count; at++)
        PyMem_Free(core->features[at].filings);
    void *arrays[] = {core->features, core->free_features, core->patterns, core->free_patterns, core->queries, core->free_queries,
                      core->seats, core->present, core->occurrences, core->found, core->stack, core->sorting, core->passing, core->candidates};
    for (size_t at = 0; at < sizeof(arrays) / sizeof(*arrays); at++)
        PyMem_Free(arrays[at]);
    PyTypeObject *type = Py_TYPE(core);
    type->tp_free((PyObject *)core);
    Py_DECREF(type);
}

static int
common_words(Core *core, int list, PyObject *words)
{
    PyObject *sequence = PySequence_Fast(words, "common words are a sequence");
    if (!sequence)
        return -1;
    Py_ssize_t count = PySequence_Fast_GET_SIZE(sequence);
    int failed = count > 64;
    if (failed)
        PyErr_SetString(PyExc_ValueError, "at most 64 common words");
    for (Py_ssize_t at = 0; !failed && at < count; at++) {
        PyObject *word = PySequence_Fast_GET_ITEM(sequence, at);
        failed = !PyUnicode_Check(word) || PyUnicode_GET_LENGTH(word) > 8;
        if (failed)
            PyErr_SetString(PyExc_ValueError, "a common word has at most 8 letters");
        else
            core->common[list][core->common_count[list]++] = hash_of(PyUnicode_DATA(word), PyUnicode_KIND(word), 0, PyUnicode_GET_LENGTH(word));
    }
    Py_DECREF(sequence);
    return failed ? -1 : 0;
}

/* Where the attributes of a Hit are kept, so that one is made without calling Python; it is a plain class with slots. */
static void
find_slots(Core *core)
{
    static const char *const names[6] = {"term", "field", "start", "end", "text", "glued"};
    core->slots[0] = -1;
    if (!PyType_Check(core->hit_type))
        return;
    PyTypeObject *type = (PyTypeObject *)core->hit_type;
    Py_ssize_t slots[6];
    for (int at = 0; at < 6; at++) {
        PyObject *member = PyObject_GetAttrString((PyObject *)type, names[at]);
        if (!member) {
            PyErr_Clear();
            return;
        }
        int fits = PyType_IS_GC(type) && Py_IS_TYPE(member, &PyMemberDescr_Type) && ((PyDescrObject *)member)->d_type == type
            && ((PyMemberDescrObject *)member)->d_member->type == T_OBJECT_EX;
        slots[at] = fits ? ((PyMemberDescrObject *)member)->d_member->offset : -1;
        Py_DECREF(member);
        if (!fits)
            return;
    }
    memcpy(core->slots, slots, sizeof(slots));
}

static PyObject *
core_new(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(keywords))
{
    PyObject *learn, *follows, *signs, *hit_type, *one, *other;
    if (!PyArg_ParseTuple(args, "OOOOOO", &learn, &follows, &signs, &hit_type, &one, &other))
        return NULL;
    Core *core = (Core *)type->tp_alloc(type, 0);
    if (!core)
        return NULL;
    core->learn = Py_NewRef(learn);
    core->follows = Py_NewRef(follows);
    core->signs_stand = Py_NewRef(signs);
    core->hit_type = Py_NewRef(hit_type);
    find_slots(core);
    if (ROOM(core, features, feature_room, 1) || common_words(core, 0, one) || common_words(core, 1, other)) {
        Py_DECREF(core);
        return NULL;
    }
    core->feature_count = 1;      /* feature 0 is in every article */
    memset(&core->features[0], 0, sizeof(Feature));
    return (PyObject *)core;
}

static PyMethodDef core_methods[] = {
    {"match", (PyCFunction)core_match, METH_VARARGS, match_doc},
    {"feature", (PyCFunction)core_feature, METH_NOARGS, feature_doc},
    {"pattern", (PyCFunction)core_pattern, METH_VARARGS, pattern_doc},
    {"add", (PyCFunction)core_add, METH_VARARGS, add_doc},
    {"remove", (PyCFunction)core_remove, METH_O, remove_doc},
    {"unused", (PyCFunction)core_unused, METH_NOARGS, unused_doc},
    {"free", (PyCFunction)core_free, METH_O, free_doc},
    {"forget", (PyCFunction)core_forget, METH_VARARGS, forget_doc},
    {"forget_all", (PyCFunction)core_forget_all, METH_NOARGS, forget_all_doc},
    {"common", (PyCFunction)core_common, METH_O, common_doc},
    {NULL, NULL, 0, NULL}};

static PyMemberDef core_members[] = {
    {"letters", T_PYSSIZET, offsetof(Core, letters), READONLY, "Letters of the chunks that are remembered."},
    {NULL, 0, 0, 0, NULL}};

PyDoc_STRVAR(core_doc,
    "Core(learn, follows, signs, hit, common, common)\n--\n\n"
    "Stored queries on arrays. `learn(chunk, profile, kept)` says what a chunk of text has, `follows(text, start, end, next, sign)` whether\n"
    "a word of a phrase may follow the one before it, `signs(text, body, pattern, start, end)` whether a pattern's signs stand there;\n"
    "`hit` makes a hit; the last two are lists of common words, for `common`.");

static PyType_Slot core_slots[] = {
    {Py_tp_doc, (void *)core_doc}, {Py_tp_new, core_new}, {Py_tp_dealloc, core_dealloc}, {Py_tp_traverse, core_traverse},
    {Py_tp_clear, core_clear}, {Py_tp_methods, core_methods}, {Py_tp_members, core_members}, {0, NULL}};

static PyType_Spec core_spec = {
    "bot.query._core.Core", sizeof(Core), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, core_slots};

static int
exec_module(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&core_spec);
    if (!type)
        return -1;
    int failed = PyModule_AddObjectRef(module, "Core", type);
    Py_DECREF(type);
    return failed;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, exec_module}, {0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_core", "The index of stored queries, compiled.", 0, NULL, module_slots, NULL, NULL, NULL};

PyMODINIT_FUNC
PyInit__core(void)
{
    return PyModuleDef_Init(&module);
}
