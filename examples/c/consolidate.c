// Reads CSV files, finds out which records are one customer, and prints a table of the result as CSV.
//
//     cc consolidate.c $(pkg-config --cflags --libs quilate) -o consolidate
//     ./consolidate golden crm.csv shop.csv
//
// The result comes as an Arrow stream: batches of columns in the layout of the Arrow C Data Interface, read here without
// any library. `nanoarrow` does the same for all types.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "quilate.h"

// Prints what went wrong and frees it; 1, for `return fail(error)`.
static int fail(ql_error *error) {
    size_t len = 0;
    const char *message = ql_error_message(error, &len);
    fprintf(stderr, "error %d: %.*s\n", (int)ql_error_status(error), (int)len, message ? message : "");
    ql_error_free(error);
    return 1;
}

// Called on this thread while the run goes on; another answer than 0 would stop it.
static int show(const char *stage, double fraction, void *user_data) {
    fprintf((FILE *)user_data, "\r%-9s %3.0f %%", stage, 100 * fraction);
    return 0;
}

static int is_null(const struct ArrowArray *array, int64_t row) {
    const uint8_t *bits = array->buffers[0];
    int64_t at = row + array->offset;
    return bits != NULL && !(bits[at / 8] >> (at % 8) & 1);
}

static void print_text(const char *text, int64_t len) {
    for (int64_t i = 0; i < len; i++) {
        if (text[i] == '"') {
            putchar('"');
        }
        putchar(text[i]);
    }
}

// Whether a text needs quotes, as RFC 4180 and this library's own writer see it.
static int needs_quotes(const char *text, int64_t len) {
    for (int64_t i = 0; i < len; i++) {
        if (strchr(",\"\r\n", text[i]) != NULL && text[i] != '\0') {
            return 1;
        }
    }
    return 0;
}

// The bytes of a cell of text.
static const char *text_at(const struct ArrowArray *array, int64_t row, int64_t *len) {
    const int32_t *offsets = (const int32_t *)array->buffers[1] + array->offset;
    *len = offsets[row + 1] - offsets[row];
    return (const char *)array->buffers[2] + offsets[row];
}

static void print_cell(const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t row) {
    int64_t len = 0;
    if (is_null(array, row)) {
        return;
    }
    if (strcmp(schema->format, "u") == 0) {
        const char *text = text_at(array, row, &len);
        int quotes = needs_quotes(text, len);
        printf("%s", quotes ? "\"" : "");
        print_text(text, len);
        printf("%s", quotes ? "\"" : "");
    } else if (strcmp(schema->format, "+l") == 0 && strcmp(schema->children[0]->format, "u") == 0) {
        const int32_t *offsets = (const int32_t *)array->buffers[1] + array->offset;
        const struct ArrowArray *items = array->children[0];
        int quotes = 0;
        for (int64_t item = offsets[row]; item < offsets[row + 1]; item++) {
            const char *text = text_at(items, item, &len);
            quotes |= needs_quotes(text, len);
        }
        printf("%s", quotes ? "\"" : "");
        for (int64_t item = offsets[row]; item < offsets[row + 1]; item++) {
            const char *text = text_at(items, item, &len);
            printf("%s", item > offsets[row] ? "; " : "");
            print_text(text, len);
        }
        printf("%s", quotes ? "\"" : "");
    } else if (strcmp(schema->format, "l") == 0) {
        printf("%" PRId64, ((const int64_t *)array->buffers[1])[row + array->offset]);
    } else if (strcmp(schema->format, "C") == 0) {
        printf("%u", (unsigned)((const uint8_t *)array->buffers[1])[row + array->offset]);
    } else if (strcmp(schema->format, "g") == 0) {
        printf("%.6f", ((const double *)array->buffers[1])[row + array->offset]);
    }
}

// Prints all batches of a stream.
static int print_stream(struct ArrowArrayStream *stream) {
    struct ArrowSchema schema;
    struct ArrowArray batch;
    if (stream->get_schema(stream, &schema) != 0) {
        fprintf(stderr, "error: %s\n", stream->get_last_error(stream));
        return 1;
    }
    for (int64_t i = 0; i < schema.n_children; i++) {
        printf("%s%s", i > 0 ? "," : "", schema.children[i]->name);
    }
    printf("\n");
    int code = 0;
    while ((code = stream->get_next(stream, &batch)) == 0 && batch.release != NULL) {
        for (int64_t row = 0; row < batch.length; row++) {
            for (int64_t i = 0; i < schema.n_children; i++) {
                printf("%s", i > 0 ? "," : "");
                print_cell(schema.children[i], batch.children[i], row);
            }
            printf("\n");
        }
        batch.release(&batch);
    }
    if (code != 0) {
        fprintf(stderr, "error: %s\n", stream->get_last_error(stream));
    }
    schema.release(&schema);
    return code != 0;
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: consolidate golden|xref|provenance|pairs FILE.csv ...\n");
        return 2;
    }
    if (ql_abi_version() != QL_ABI_VERSION) {
        fprintf(stderr, "the library is another one than the header\n");
        return 1;
    }
    ql_error *error = NULL;
    ql_table *table = ql_table_new();
    ql_result *result = NULL;
    struct ArrowArrayStream stream = {0};
    int code = 0;
    for (int i = 2; i < argc && code == 0; i++) {
        if (ql_table_add_csv(table, NULL, 0, argv[i], strlen(argv[i]), &error) != QL_STATUS_OK) {
            code = fail(error);
        }
    }
    if (code == 0) {
        if (ql_table_consolidate(table, NULL, NULL, NULL, 0, show, stderr, &result, &error) != QL_STATUS_OK) {
            code = fail(error);
        } else if (ql_result_export(result, argv[1], strlen(argv[1]), &stream, &error) != QL_STATUS_OK) {
            code = fail(error);
        } else {
            fprintf(stderr, "\n");
            code = print_stream(&stream);
            stream.release(&stream);
        }
    }
    ql_result_free(result);
    ql_table_free(table);
    return code;
}
