/** The resource type {@code directory_watches}. */
package com.example.watches.internal;
