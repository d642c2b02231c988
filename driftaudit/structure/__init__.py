"""Does every import of a tree resolve? Pure: trees and contents in, findings out."""
